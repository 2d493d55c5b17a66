/**
 * The plain page: the UI without a notebook.
 *   ?scene=gallery   one of the scenes            ?theme=dark
 *   &width=360       the width of the cell        &views=2    two views of one model
 *   &bare=1          without the list of scenes
 * Tests call `window.plain`, and so see many scenes in one page.
 */
import { mount } from "../src/ui/mount";
import { createSession, type Session } from "../src/ui/session";
import { CATALOGS } from "./catalogs";
import { FakeKernel } from "./fake_kernel";
import { serve } from "./fake_service";
import { BARE, STATES } from "./fixtures";
import { SCENES, type Scene } from "./scenes";
import { settled, until } from "./settled";

interface Wanted {
  scene: string;
  theme?: string | null;
  width?: number;
  views?: number;
}

interface Shown {
  kernel: FakeKernel;
  session: Session;
  close(): void;
}

const place = document.getElementById("place") as HTMLElement;
let shown: Shown | null = null;

/** Show a scene in place of the one before; resolves when nothing in it moves or loads. */
async function show({ scene: name, theme, width, views = 1 }: Wanted): Promise<void> {
  shown?.close();
  if (theme) document.body.dataset.theme = theme;
  const scene = SCENES[name];
  if (!scene) throw new Error(`no scene ${name}`);
  shown = open(scene, width, views);
  Object.assign(window, { kernel: shown.kernel, session: shown.session });
  scrollTo(0, 0);
  await act(scene, shown);
  await settled(place);
}

function open({ state, several, made }: Scene, width: number | undefined, views: number): Shown {
  const kernel = new FakeKernel({ ...BARE, ...STATES[state]?.(), _made_before: made ?? 0 });
  serve(kernel);
  const session = createSession(kernel.host());
  if (several !== undefined) session.drafts.choose({ _several: true, _prompts: several });
  const face = kernel.get("_face") === "gallery" ? "gallery" : "studio";
  const unmounts = Array.from({ length: views }, () => {
    const el = document.createElement("div");
    el.style.maxWidth = width ? `${width}px` : "";
    el.style.marginBottom = "16px";
    place.append(el);
    return mount(el, session, face, CATALOGS);
  });
  return {
    kernel,
    session,
    close() {
      for (const unmount of unmounts) unmount();
      session.dispose();
      place.replaceChildren();
    },
  };
}

async function act(scene: Scene, { kernel }: Shown): Promise<void> {
  const first = (selector: string) => place.querySelector<HTMLElement>(selector);
  if (scene.state === "gone") kernel.disconnect();
  if (scene.tried) first("button[type=submit]")?.click();
  if (scene.open) (await until(() => first("[data-clip] .clip-open"))).click();
  for (const at of scene.tick ?? []) {
    const boxes = () => place.querySelectorAll<HTMLInputElement>(".clip .clip-number input");
    (await until(() => boxes()[at])).click();
  }
  for (const name of scene.press ?? []) (await until(() => pressable(name))).click();
  if (scene.drop) await drop(scene.drop);
  const { find, says } = scene;
  if (find !== undefined) {
    const search = await until(() => place.querySelector<HTMLInputElement>(".browse input"));
    search.value = find;
    search.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (says !== undefined) await until(() => place.textContent?.includes(says));
}

/** Drop a picture of noise, which is large, or a text with the name of a picture. */
async function drop(name: string): Promise<void> {
  const canvas = document.createElement("canvas");
  canvas.width = 720;
  canvas.height = 480;
  const context = canvas.getContext("2d");
  const pixels = context?.createImageData(canvas.width, canvas.height);
  let random = 1;
  pixels?.data.forEach((_, at) => {
    random = (random * 16_807) % 2_147_483_647;
    pixels.data[at] = at % 4 === 3 ? 255 : random % 256;
  });
  if (pixels) context?.putImageData(pixels, 0, 0);
  const noise = await new Promise<Blob | null>((ready) => canvas.toBlob(ready));
  const file = new File([name === "note.jpg" || !noise ? "only text" : noise], name);
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(file);
  const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  place.querySelector(".picture-input")?.dispatchEvent(event);
}

function pressable(name: string): HTMLElement | undefined {
  return [...place.querySelectorAll<HTMLElement>("button, summary, label")]
    .filter((each) => (each.getAttribute("aria-label") ?? each.textContent ?? "").includes(name))
    .at(-1);
}

function listScenes(asked: URLSearchParams): void {
  const list = document.getElementById("scenes");
  for (const name of Object.keys(SCENES)) {
    const link = document.createElement("a");
    const query = new URLSearchParams(asked);
    query.set("scene", name);
    link.href = `?${query}`;
    link.textContent = name;
    list?.append(link);
  }
}

const asked = new URLSearchParams(location.search);
if (asked.has("bare")) document.body.dataset.bare = "1";
else listScenes(asked);
Object.assign(window, { plain: { scenes: SCENES, show } });
const scene = asked.get("scene") ?? (asked.has("bare") ? null : "gallery");
if (scene) {
  const theme = asked.get("theme");
  const [width, views] = ["width", "views"].map((name) => Number(asked.get(name)) || undefined);
  void show({ scene, theme, ...(width && { width }), ...(views && { views }) });
}
