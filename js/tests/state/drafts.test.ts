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

  it("save pending changes when they end, and stop listening", () => {
    const { kernel, drafts } = open();
    drafts.type("prompt", "last words");
    drafts.dispose();
    expect(kernel.saves).toEqual([{ prompt: "last words" }]);
    expect(kernel.listeners).toBe(0);
  });
});
