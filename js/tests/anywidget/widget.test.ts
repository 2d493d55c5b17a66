import { screen, waitFor } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { CATALOGS } from "../../pages/catalogs";
import { BARE, live, videoJob } from "../../pages/fixtures";
import widget from "../../src/anywidget/widget";
import { FakeModel, place } from "./fake_model";

describe("the anywidget adapter", () => {
  it("gives the views of one model one session", async () => {
    const fake = new FakeModel({ ...BARE });
    const { initialize, render } = widget([], CATALOGS);
    initialize({ model: fake.asModel() });
    const before = fake.count;
    render({ model: fake.asModel(), el: place() });
    render({ model: fake.asModel(), el: place() });
    expect(fake.count).toBe(before);
    expect(screen.getAllByRole("button", { name: "Generate" })).toHaveLength(2);
  });

  it("requests all jobs where the last change, which it opens with, was the first", () => {
    const last = { revision: 1, since: 0, jobs: [videoJob()], total: 30 };
    const fake = new FakeModel({ ...BARE, _live: last });
    const { initialize, render } = widget([], CATALOGS);
    initialize({ model: fake.asModel() });
    render({ model: fake.asModel(), el: place() });
    expect(fake.sent).toContainEqual({ type: "sync", since: 0 });
  });

  it("shows the gallery alone when that is its face", () => {
    const fake = new FakeModel({ ...BARE, _face: "gallery" });
    const { initialize, render } = widget([], CATALOGS);
    initialize({ model: fake.asModel() });
    render({ model: fake.asModel(), el: place() });
    screen.getByRole("region", { name: "Gallery" });
    expect(screen.queryByRole("button", { name: "Generate" })).toBeNull();
  });

  it("shows the language of its page in the texts that came with the code, else English", () => {
    const { en, es } = CATALOGS;
    Object.assign(globalThis, { [Symbol.for("legnext-widgets:texts")]: { en } });
    for (const [catalogs, word, language] of [
      [{ es }, "Generar", "es"],
      [{ en }, "Generate", "en"],
      // A loader of version 0.1 passes none.
      [undefined, "Generate", "en"],
    ] as const) {
      const fake = new FakeModel({ ...BARE, _config: { locale: "es" } });
      const el = place();
      const end = widget([], catalogs).render({ model: fake.asModel(), el });
      screen.getByRole("button", { name: word });
      expect(el.querySelector(".legnext-widgets")?.getAttribute("lang")).toBe(language);
      end?.();
    }
  });

  it("works and cleans up where initialize and signal are missing", () => {
    const fake = new FakeModel({ ...BARE });
    const el = place();
    const cleanUp = widget([], CATALOGS).render({ model: fake.asModel(), el });
    screen.getByRole("button", { name: "Generate" });
    cleanUp?.();
    expect(el.childElementCount).toBe(0);
    expect(fake.count).toBe(0);
  });

  it("ends with its signals", () => {
    const fake = new FakeModel({ ...BARE });
    const { initialize, render } = widget([], CATALOGS);
    const ofModel = new AbortController();
    const ofView = new AbortController();
    const el = place();
    initialize({ model: fake.asModel(), signal: ofModel.signal });
    render({ model: fake.asModel(), el, signal: ofView.signal });
    ofView.abort();
    expect(el.childElementCount).toBe(0);
    ofModel.abort();
    expect(fake.count).toBe(0);
  });

  it("reports each view that opens or closes to the kernel, once", () => {
    const fake = new FakeModel({ ...BARE });
    const { initialize, render } = widget([], CATALOGS);
    const said = () => fake.sent.filter((message) => message.type === "view");
    initialize({ model: fake.asModel() });
    const leaveFirst = render({ model: fake.asModel(), el: place() });
    const leaveSecond = render({ model: fake.asModel(), el: place() });
    const [first, second] = said();
    expect(said()).toMatchObject([{ open: true }, { open: true }]);
    expect(first?.view).not.toBe(second?.view);

    leaveFirst?.();
    expect(said().slice(2)).toEqual([{ ...first, open: false }]);
    window.dispatchEvent(new Event("pagehide"));
    expect(said().slice(3)).toEqual([{ ...second, open: false }]);
    window.dispatchEvent(new Event("pageshow"));
    expect(said().slice(4)).toEqual([second]);
    leaveSecond?.();
    leaveSecond?.();
    expect(said().slice(5)).toEqual([{ ...second, open: false }]);
  });

  it("reads a change of the model and a message with bytes of any kind", async () => {
    const fake = new FakeModel({ ...BARE });
    const { initialize, render } = widget([], CATALOGS);
    initialize({ model: fake.asModel() });
    render({ model: fake.asModel(), el: place() });
    fake.set("_live", live([videoJob({ id: "a", prompt: "waves" })]));
    await screen.findByText("waves");
    fake.emit("msg:custom", { type: "jobs", ...live([], 99) }, [new ArrayBuffer(2)]);
    await waitFor(() => expect(screen.queryByText("waves")).toBeNull());
  });

  it("does not break when the kernel is gone and sending throws", async () => {
    const fake = new FakeModel({
      ...BARE,
      prompt: "waves",
      image_url: "https://example.com/a.jpg",
    });
    fake.send = () => {
      throw new Error("no comm");
    };
    const { initialize, render } = widget([], CATALOGS);
    initialize({ model: fake.asModel() });
    render({ model: fake.asModel(), el: place() });
    screen.getByRole("button", { name: "Generate" }).click();
    await screen.findByText(/The kernel has stopped/);
  });

  describe("and the static copy", () => {
    const rules = () => document.head.querySelectorAll("style[data-legnext=reading-copy]").length;

    function open(copy = "legnext-7") {
      const fake = new FakeModel({ ...BARE, _reading_copy: copy });
      const { initialize, render } = widget([], CATALOGS);
      const end = initialize({ model: fake.asModel() });
      const view = () => render({ model: fake.asModel(), el: place() });
      return { fake, view, end };
    }

    it("belongs to this widget and no other", () => {
      const view = open("legnext-7 {} body").view();
      const [rule] = document.head.querySelectorAll("style[data-legnext=reading-copy]");
      const { sheet } = rule as HTMLStyleElement;
      expect(sheet?.cssRules).toHaveLength(1);
      const own = place();
      own.className = "legnext-reading-copy legnext-7";
      expect(getComputedStyle(own).display).toBe("block");
      view?.();
      const close = open("legnext-7").view();
      expect(getComputedStyle(own).display).toBe("none");
      own.className = "legnext-reading-copy legnext-8";
      expect(getComputedStyle(own).display).toBe("block");
      close?.();
    });

    it("is hidden while any view lives, and shown after the last", () => {
      const { view, end } = open();
      const [first, second] = [view(), view()];
      expect(rules()).toBe(2);
      first?.();
      expect(rules()).toBe(1);
      second?.();
      expect(rules()).toBe(0);
      end();
    });

    it("is shown when the kernel stops, and hidden when it returns", async () => {
      const { fake, view } = open();
      const close = view();
      fake.emit("comm:close");
      expect(rules()).toBe(0);
      await screen.findByText(/stay visible below/);
      fake.emit("msg:custom", { type: "jobs", ...live([], 5) }, []);
      expect(rules()).toBe(1);
      close?.();
    });

    it("stays hidden when the kernel is merely busy", async () => {
      vi.useFakeTimers();
      const { fake, view } = open();
      const close = view();
      expect(fake.sent).toContainEqual({ type: "sync", since: 0 });
      await vi.advanceTimersByTimeAsync(9_000);
      screen.getByText(/The kernel has not responded for a while/);
      expect(rules()).toBe(1);
      fake.set("prompt", "waves");
      fake.set("image_url", "https://example.com/a.jpg");
      await vi.advanceTimersByTimeAsync(50);
      screen.getByRole("button", { name: "Generate" }).click();
      await vi.advanceTimersByTimeAsync(20_000);
      expect(rules()).toBe(1);
      close?.();
    });
  });
});
