import { beforeEach, describe, expect, it, vi } from "vitest";
import loader from "../../src/anywidget/loader";
import type { Initialize, Render } from "../../src/anywidget/types";
import { FakeModel, place } from "./fake_model";

/** Records what the loaded code does. */
const real = {
  models: [] as Initialize[],
  views: [] as Render[],
  ended: [] as string[],
  made: 0,
  catalogs: [] as object[],
};
const CSS = ".legnext-widgets { color: teal }";
const JS = "export default (...parts) => globalThis.makeForTest(...parts)";
const ENGLISH = { kernel: {}, en: "" };
const SPANISH = { kernel: {} };
const CHINESE = { kernel: {}, other: "" };
const page = globalThis as typeof globalThis & { makeForTest?: unknown };
let digests = 0;

function come(js = JS) {
  digests += 1;
  const catalogs = { en: ENGLISH };
  return { type: "front_end", digest: `digest ${digests}`, js, css: CSS, catalogs };
}

/** Deliver a message and wait until its code has run. */
async function arrive(fake: FakeModel, message: unknown) {
  fake.emit("msg:custom", message, []);
  await vi.waitFor(() => expect(real.made).toBeGreaterThan(0));
  await Promise.resolve();
}

function opened(values: Record<string, unknown> = {}) {
  const fake = new FakeModel({ _face: "studio", _config: { locale: "en" }, ...values });
  const widget = loader();
  const end = widget.initialize({ model: fake.asModel() });
  const view = () => {
    const el = place();
    return { el, end: widget.render({ model: fake.asModel(), el }) };
  };
  return { fake, view, end };
}

const asks = (fake: FakeModel) => fake.sent.filter(({ type }) => type === "front_end");

beforeEach(() => {
  Object.assign(real, { models: [], views: [], ended: [], made: 0, catalogs: [] });
  page.makeForTest = (_samples: unknown, catalogs: object) => {
    real.made += 1;
    real.catalogs.push(catalogs);
    return {
      initialize(props: Initialize) {
        real.models.push(props);
        return () => real.ended.push("model");
      },
      render(props: Render) {
        real.views.push(props);
        props.el.append(document.createElement("main"));
        return () => {
          props.el.querySelector("main")?.remove();
          real.ended.push("view");
        };
      },
    };
  };
  // Blobs have no addresses here, and modules cannot be loaded from them.
  vi.stubGlobal("Blob", class { constructor(readonly parts: string[]) {} }); // biome-ignore format: one line
  URL.createObjectURL = (blob) =>
    `data:text/javascript,${encodeURIComponent((blob as unknown as { parts: string[] }).parts.join(""))}`;
  URL.revokeObjectURL = vi.fn();
});

describe("the loader", () => {
  it("requests the code from the kernel, and shows it with its styles", async () => {
    const { fake, view } = opened();
    const { el } = view();
    expect(asks(fake)).toEqual([{ type: "front_end", has: expect.any(Array), language: "en" }]);

    await arrive(fake, come());

    expect(real.models).toHaveLength(1);
    expect(el.querySelector("main")).not.toBeNull();
    expect(el.querySelector("style")?.textContent).toBe(CSS);
    expect(el.querySelector(".legnext-loading")).toBeNull();
    expect(URL.revokeObjectURL).toHaveBeenCalledOnce();
    expect(fake.count).toBe(0);
  });

  it("accepts code that was not requested, and nothing twice", async () => {
    const { fake, view } = opened();
    const unasked = come();
    const first = view();
    await arrive(fake, unasked);
    await arrive(fake, unasked);
    const second = view();

    expect(real.made).toBe(1);
    expect(real.models).toHaveLength(1);
    expect(real.views.map(({ el }) => el)).toEqual([first.el, second.el]);
  });

  it("gives waiting and later views the same widget", async () => {
    const { fake, view } = opened();
    const waiting = [view(), view()];
    await arrive(fake, come());
    waiting.push(view());

    expect(real.made).toBe(1);
    for (const { el } of waiting) expect(el.querySelectorAll("main, style")).toHaveLength(2);
  });

  it("requests no code that the page already has; it only waits for a kernel", async () => {
    const sent = come();
    await arrive(opened().fake, sent);
    const { fake, view } = opened();
    const { el } = view();
    expect(asks(fake)[0]?.has).toContain(sent.digest);
    expect(el.querySelector("main")).toBeNull();

    await arrive(fake, { type: "front_end", digest: sent.digest });

    expect(el.querySelector("main")).not.toBeNull();
    expect(real.made).toBe(2);
  });

  it("requests code again, once, that the kernel sent and that never arrived", async () => {
    const { fake, view } = opened();
    const { el } = view();
    const { type, digest, ...code } = come();
    fake.emit("msg:custom", { type, digest }, []);
    fake.emit("msg:custom", { type, digest }, []);
    expect(asks(fake).map(({ want }) => want)).toEqual([undefined, digest]);

    await arrive(fake, { type, digest, ...code });

    expect(el.querySelector("main")).not.toBeNull();
    expect(asks(fake)).toHaveLength(2);
  });

  it("requests nothing while received code is still loading", async () => {
    const { fake } = opened();
    const sent = come();
    fake.emit("msg:custom", sent, []);
    fake.emit("msg:custom", { type: sent.type, digest: sent.digest }, []);
    const other = opened();
    expect(asks(other.fake)[0]?.has).toContain(sent.digest);
    await vi.waitFor(() => expect(real.made).toBe(1));
    expect(asks(fake)).toHaveLength(1);
  });

  it("names the language of its page, and gives the widget the texts that came", async () => {
    const { fake } = opened({ _config: { locale: "es-MX" } });
    expect(asks(fake)[0]?.language).toBe("es");

    await arrive(fake, { ...come(), catalogs: { es: SPANISH } });

    expect(real.catalogs).toEqual([{ es: SPANISH }]);
    const later = opened({ _config: { locale: "es" } }).fake;
    expect(asks(later)[0]?.has).toContain(`digest ${digests}`);
    await arrive(later, { type: "front_end", digest: `digest ${digests}` });
    await vi.waitFor(() => expect(real.catalogs).toEqual([{ es: SPANISH }, { es: SPANISH }]));
  });

  it("has the code in one language only, and requests it for another", async () => {
    const sent = { ...come(), catalogs: { es: SPANISH } };
    await arrive(opened({ _config: { locale: "es" } }).fake, sent);
    const { fake } = opened({ _config: { locale: "zh-CN" } });
    expect(asks(fake)[0]?.has).not.toContain(sent.digest);
    fake.emit("msg:custom", { type: sent.type, digest: sent.digest }, []);
    expect(asks(fake)[1]).toMatchObject({ want: sent.digest, language: "zh-CN" });

    await arrive(fake, { ...sent, catalogs: { "zh-CN": CHINESE } });

    await vi.waitFor(() => expect(real.made).toBe(2));
    expect(real.catalogs[1]).toEqual({ es: SPANISH, "zh-CN": CHINESE });
    expect(asks(opened().fake)[0]?.has).not.toContain(sent.digest);
  });

  it("requests its own language where the answer to another page came first", async () => {
    const { fake } = opened({ _config: { locale: "zh-CN" } });
    const sent = come();
    fake.emit("msg:custom", { ...sent, catalogs: { es: SPANISH } }, []);
    expect(asks(fake)[1]).toMatchObject({ want: sent.digest, language: "zh-CN" });
    expect(real.made).toBe(0);

    await arrive(fake, { ...sent, catalogs: { "zh-CN": CHINESE } });

    expect(real.catalogs).toEqual([{ es: SPANISH, "zh-CN": CHINESE }]);
  });

  it("shows English where the kernel has no texts in its language", async () => {
    const { fake, view } = opened({ _config: { locale: "es" } });
    const { el } = view();
    const sent = come();
    fake.emit("msg:custom", sent, []);
    await arrive(fake, sent);

    expect(asks(fake)).toHaveLength(2);
    expect(real.catalogs).toEqual([{ en: ENGLISH }]);
    expect(el.querySelector("main")).not.toBeNull();
  });

  it("repeats its request a few times", async () => {
    vi.useFakeTimers();
    const { fake } = opened();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(asks(fake)).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asks(fake)).toHaveLength(5);
  });

  it.each([
    ["en", /kernel has not responded.*run this cell again/],
    ["es-MX", /kernel no ha respondido/],
    ["zh-CN", /内核没有响应/],
  ])(
    "keeps its place, then shows in one line that the kernel does not respond, in %s",
    async (locale, said) => {
      vi.useFakeTimers();
      const { view } = opened({ _config: { locale } });
      const { el } = view();
      const line = el.querySelector<HTMLElement>(".legnext-loading");
      expect(line?.style.minHeight).not.toBe("");
      expect(line?.textContent).toBe("");
      await vi.advanceTimersByTimeAsync(1_000);
      expect(line?.getAttribute("aria-busy")).toBe("true");
      expect(line?.textContent).toMatch(/…/);
      await vi.advanceTimersByTimeAsync(4_000);
      expect(line?.style.minHeight).toBe("");
      expect(line?.textContent).toMatch(said);
      const late = view();
      expect(late.el.textContent).toMatch(said);
    },
  );

  it("shows the static copy after a long wait, and then keeps no place", async () => {
    vi.useFakeTimers();
    const hidden = () => document.head.querySelector("style[data-legnext=reading-copy]") !== null;
    const copy = place();
    copy.className = "legnext-reading-copy legnext-7";
    copy.append(document.createElement("p"));
    const { view } = opened({ _reading_copy: "legnext-7" });
    const { el, end } = view();
    const line = el.querySelector<HTMLElement>(".legnext-loading");
    expect(line?.style.minHeight).not.toBe("");
    expect(hidden()).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(line?.style.minHeight).toBe("");
    expect(hidden()).toBe(false);
    end?.();
    const ended = view();
    ended.end?.();
    expect(hidden()).toBe(false);
  });

  it("ignores that sending throws, and still accepts what arrives", async () => {
    const fake = new FakeModel({ _face: "gallery" });
    fake.send = () => {
      throw new Error("no comm");
    };
    const widget = loader();
    widget.initialize({ model: fake.asModel() });
    const el = place();
    widget.render({ model: fake.asModel(), el });
    await arrive(fake, come());
    expect(el.querySelector("main")).not.toBeNull();
  });

  it("shows in the view why the code could not run, and accepts later code", async () => {
    const { fake, view } = opened();
    const { el } = view();
    fake.emit("msg:custom", come("throw new Error('<b>forbidden</b> here')"), []);
    await vi.waitFor(() => expect(el.textContent).toContain("<b>forbidden</b> here"));
    expect(el.textContent).toContain("Reload the page");

    await arrive(fake, come());

    expect(el.querySelector("main")).not.toBeNull();
    expect(el.textContent).toBe(CSS);
  });

  it("shows an error, too, when the widget itself cannot be shown", async () => {
    page.makeForTest = () => ({
      initialize: () => () => undefined,
      render() {
        throw new Error("cannot draw");
      },
    });
    const { fake, view } = opened();
    const { el } = view();
    fake.emit("msg:custom", come(), []);
    await vi.waitFor(() => expect(el.textContent).toContain("cannot draw"));
  });

  it("ends a view and a model, each once, with the returned function", async () => {
    const { fake, view, end } = opened();
    const first = view();
    const second = view();
    await arrive(fake, come());
    first.end?.();
    first.end?.();
    expect(first.el.childElementCount).toBe(0);
    expect(real.views.map(({ signal }) => signal?.aborted)).toEqual([true, false]);
    end();
    end();
    expect(real.models[0]?.signal?.aborted).toBe(true);
    expect(real.ended).toEqual(["view", "model"]);
    second.end?.();
    expect(real.ended).toEqual(["view", "model", "view"]);
  });

  it("ends with its signals, and then ignores what arrives", async () => {
    vi.useFakeTimers();
    const fake = new FakeModel({ _face: "studio" });
    const widget = loader();
    const [ofModel, ofView] = [new AbortController(), new AbortController()];
    const el = place();
    widget.initialize({ model: fake.asModel(), signal: ofModel.signal });
    widget.render({ model: fake.asModel(), el, signal: ofView.signal });
    ofView.abort();
    expect(el.childElementCount).toBe(0);
    ofModel.abort();
    expect(fake.count).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("loads the code for a view where initialize is missing", async () => {
    const fake = new FakeModel({ _face: "studio" });
    const el = place();
    const end = loader().render({ model: fake.asModel(), el });
    await arrive(fake, come());
    expect(real.models).toHaveLength(0);
    expect(el.querySelector("main")).not.toBeNull();
    end?.();
    expect(el.childElementCount).toBe(0);
    expect(fake.count).toBe(0);
  });

  it("adds its styles where the view is, and nowhere else", async () => {
    const { fake } = opened();
    const host = place();
    const el = host.attachShadow({ mode: "open" }).appendChild(document.createElement("div"));
    const end = loader().render({ model: fake.asModel(), el });
    await arrive(fake, come());
    expect(el.getRootNode()).not.toBe(document);
    expect(el.querySelector("style")).not.toBeNull();
    expect(document.head.querySelector("style")).toBeNull();
    end?.();
    expect(el.childElementCount).toBe(0);
  });
});
