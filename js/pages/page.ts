/**
 * The plain page: the UI without a notebook, in the state that the address names.
 *   ?state=gallery   one of the fixtures       ?theme=dark
 *   &tried=1         as after a try to send    &open=1    with the large view open
 *   &views=2         two views of one model    &bare=1    without the list of states
 *   &find=…         in the gallery's search
 *   &several=…      several prompts, one a line
 *   &width=360       the width of the cell    &press=…   buttons to press in turn, by name, with |
 */
import { mount } from "../src/ui/mount";
import { createSession } from "../src/ui/session";
import { FakeKernel } from "./fake_kernel";
import { serve } from "./fake_service";
import { BARE, STATES } from "./fixtures";

const asked = new URLSearchParams(location.search);
const state = asked.get("state") ?? "gallery";
const theme = asked.get("theme");
if (theme) document.body.dataset.theme = theme;
if (asked.has("bare")) document.body.dataset.bare = "1";

const states = document.getElementById("states");
for (const name of Object.keys(STATES)) {
  const link = document.createElement("a");
  const query = new URLSearchParams(asked);
  query.set("state", name);
  link.href = `?${query}`;
  link.textContent = name;
  states?.append(link);
}

const kernel = new FakeKernel({ ...BARE, ...STATES[state]?.() });
serve(kernel);
const session = createSession(kernel.host());
const place = document.getElementById("place");
const face = kernel.get("_face") === "gallery" ? "gallery" : "studio";
for (let view = 0; view < Number(asked.get("views") ?? 1); view += 1) {
  const el = document.createElement("div");
  el.style.maxWidth = asked.has("width") ? `${asked.get("width")}px` : "";
  el.style.marginBottom = "16px";
  place?.append(el);
  if (!mount(el, session, face)) break;
}

const click = (selector: string) => document.querySelector<HTMLElement>(selector)?.click();
if (state === "gone") kernel.disconnect();
if (asked.has("tried")) setTimeout(() => click("button[type=submit]"), 50);
if (asked.has("open")) setTimeout(() => click("[data-clip] .clip-open"), 300);
const names = asked.get("press")?.split("|") ?? [];
const named = (name: string) =>
  [...document.querySelectorAll<HTMLElement>("button, summary, label")].filter((element) =>
    (element.getAttribute("aria-label") ?? element.textContent ?? "").includes(name),
  );
for (const [at, name] of names.entries()) {
  setTimeout(() => named(name).at(-1)?.click(), 450 + 150 * at);
}
const find = document.querySelector<HTMLInputElement>(".browse input");
if (find && asked.has("find")) {
  find.value = asked.get("find") ?? "";
  find.dispatchEvent(new Event("input", { bubbles: true }));
}
const several = asked.get("several");
if (several !== null) {
  session.batchDraft.on.value = true;
  session.batchDraft.text.value = several;
}
Object.assign(window, { kernel, session });
