import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeKernel } from "../../pages/fake_kernel";
import { BARE } from "../../pages/fixtures";
import { createDrafts } from "../../src/ui/state/drafts";

describe("drafts", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  function open() {
    const kernel = new FakeKernel(BARE);
    return { kernel, drafts: createDrafts(kernel.host()) };
  }

  it("save typed text once, after a pause", () => {
    const { kernel, drafts } = open();
    for (const text of ["w", "wa", "wav"]) drafts.type("prompt", text);
    expect(kernel.saves).toEqual([]);
    vi.advanceTimersByTime(150);
    expect(kernel.saves).toEqual([{ prompt: "wav" }]);
  });

  it("save a choice at once, with what was typed before", () => {
    const { kernel, drafts } = open();
    drafts.type("prompt", "waves");
    drafts.choose({ raw: true });
    expect(kernel.saves).toEqual([{ prompt: "waves", raw: true }]);
  });

  it("accept a change from Python", () => {
    const { kernel, drafts } = open();
    kernel.change({ prompt: "from Python" });
    expect(drafts.field("prompt").value).toBe("from Python");
  });

  it("keep a text that is being typed when Python changes it", () => {
    const { kernel, drafts } = open();
    drafts.type("prompt", "typing");
    kernel.change({ prompt: "from Python" });
    expect(drafts.field("prompt").value).toBe("typing");
    vi.advanceTimersByTime(150);
    expect(kernel.get("prompt")).toBe("typing");
  });

  it("ignore a late echo of an older text", () => {
    const { kernel, drafts } = open();
    for (const text of ["wa", "waves"]) {
      drafts.type("prompt", text);
      vi.advanceTimersByTime(150);
    }
    kernel.change({ prompt: "wa" });
    expect(drafts.field("prompt").value).toBe("waves");
  });

  it("accept an older text that Python sets later", () => {
    const { kernel, drafts } = open();
    for (const text of ["wa", "waves"]) {
      drafts.type("prompt", text);
      vi.advanceTimersByTime(150);
    }
    vi.advanceTimersByTime(5_000);
    kernel.change({ prompt: "wa" });
    expect(drafts.field("prompt").value).toBe("wa");
  });

  it("take the kernel's values when a view begins", () => {
    const { kernel, drafts } = open();
    drafts.type("callback", "https://example.com");
    drafts.begin();
    expect(kernel.saves).toEqual([{ callback: "https://example.com" }]);
    drafts.catchUp({
      prompt: "of another page",
      _several: true,
      raw: "no",
      callback: "",
      extra: 1,
    });
    expect(drafts.field("prompt").value).toBe("of another page");
    expect(drafts.field("_several").value).toBe(true);
    expect(drafts.field("raw").value).toBe(false);
    expect(drafts.field("callback").value).toBe("");
    kernel.change({ prompt: "from Python" });
    drafts.choose({ raw: true });
    expect(kernel.saves.at(-1)).toEqual({ raw: true });
  });

  it("keep what was chosen since the view began, saved or not", () => {
    const { kernel, drafts } = open();
    drafts.begin();
    drafts.choose({ image_url: "picture:sea.jpg" });
    drafts.type("prompt", "typing");
    drafts.catchUp({ image_url: "", prompt: "", motion: "low" });
    expect(drafts.all()).toMatchObject({
      image_url: "picture:sea.jpg",
      prompt: "typing",
      motion: "low",
    });
    expect(kernel.get("image_url")).toBe("picture:sea.jpg");
    drafts.begin();
    drafts.catchUp({ image_url: "picture:of-another-page.jpg" });
    expect(drafts.all().image_url).toBe("picture:of-another-page.jpg");
  });

  it("save pending changes when they end, and stop listening", () => {
    const { kernel, drafts } = open();
    drafts.type("prompt", "last words");
    drafts.dispose();
    expect(kernel.saves).toEqual([{ prompt: "last words" }]);
    expect(kernel.listeners).toBe(0);
  });
});
