import { waitFor, within } from "@testing-library/dom";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openLarge } from "./large_view";

/** Stands for a browser that decodes and draws. */
let drawn: { url: string; at: number }[];
let written: Blob[];
const { src, currentTime } = Object.getOwnPropertyDescriptors(HTMLMediaElement.prototype);
const OWN = { src, currentTime } as Record<string, PropertyDescriptor>;

beforeEach(() => {
  drawn = [];
  written = [];
  vi.stubGlobal(
    "ClipboardItem",
    class {
      constructor(readonly parts: Record<string, Promise<Blob>>) {}
    },
  );
  const times = new WeakMap<object, number>();
  Object.defineProperty(HTMLMediaElement.prototype, "src", {
    configurable: true,
    set(this: HTMLMediaElement, url: string) {
      this.setAttribute("src", url);
      queueMicrotask(() => this.dispatchEvent(new Event("loadeddata")));
    },
  });
  Object.defineProperty(HTMLMediaElement.prototype, "currentTime", {
    configurable: true,
    get(this: HTMLMediaElement) {
      return times.get(this) ?? 0;
    },
    set(this: HTMLMediaElement, at: number) {
      times.set(this, at);
      queueMicrotask(() => this.dispatchEvent(new Event("seeked")));
    },
  });
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue({
    drawImage: (video: HTMLVideoElement) =>
      drawn.push({ url: video.getAttribute("src") ?? "", at: video.currentTime }),
  } as never);
  vi.spyOn(HTMLCanvasElement.prototype, "toDataURL").mockReturnValue("data:image/png;base64,AAAA");
});

afterEach(() => {
  for (const [name, own] of Object.entries(OWN)) {
    Object.defineProperty(HTMLMediaElement.prototype, name, own);
  }
});

type Item = { parts: Record<string, Promise<Blob>> };

/** A large view with a clipboard that waits for what it is given, as browsers do. */
async function openWithClipboard(write?: (items: Item[]) => Promise<void>) {
  const large = await openLarge();
  const take = async ([item]: Item[]) => {
    written.push(await (item?.parts["image/png"] as Promise<Blob>));
  };
  // In place of the one that the simulated user brings.
  vi.stubGlobal("navigator", { clipboard: { write: write ?? take } });
  const borrow = vi.spyOn(large.session.blobs, "borrow");
  const release = vi.fn();
  borrow.mockResolvedValue({ url: "blob:clip", blob: new Blob(), release });
  const copy = () =>
    large.dialog.querySelector<HTMLButtonElement>("[data-frame=copy]") as HTMLButtonElement;
  return { ...large, borrow, release, copy };
}

describe("copying a frame", () => {
  it("reads it from the bytes of the kernel, at the time of the player, and says so", async () => {
    const { dialog, borrow, release, copy } = await openWithClipboard();
    (dialog.querySelector(".stage video") as HTMLVideoElement).currentTime = 1.5;

    copy().click();

    await waitFor(() => expect(copy().textContent).toBe("Copied"));
    expect(written.map(({ type }) => type)).toEqual(["image/png"]);
    expect(drawn).toEqual([{ url: "blob:clip", at: 1.5 }]);
    expect(borrow.mock.calls[0]?.slice(0, 2)).toMatchObject(["a", { kind: "video", index: 1 }]);
    expect(release).toHaveBeenCalledOnce();
    await waitFor(() => expect(copy().textContent).toBe("Copy this frame"));
  });

  it("takes the time of the chosen clip while several are compared", async () => {
    const { dialog, press, copy } = await openWithClipboard();
    await press(/^Compare/);
    const videos = await waitFor(() => {
      const found = [...dialog.querySelectorAll<HTMLVideoElement>(".compare-tile video")];
      expect(found).toHaveLength(4);
      return found;
    });
    for (const [index, video] of videos.entries()) video.currentTime = index + 0.25;

    copy().click();

    await waitFor(() => expect(drawn).toEqual([{ url: "blob:clip", at: 1.25 }]));
  });

  it("gives the clipboard a promise within the press", async () => {
    const write = vi.fn(() => new Promise<void>(() => undefined));
    const { copy } = await openWithClipboard(write);
    copy().click();
    expect(write).toHaveBeenCalledOnce();
  });

  it("says that the browser does not allow it", async () => {
    const { dialog, copy } = await openWithClipboard(() => Promise.reject(new Error("denied")));
    copy().click();
    await within(dialog).findByText(/does not allow copying a frame/);
    expect(copy().textContent).toBe("Copy this frame");
  });

  it("says that the clip could not be read", async () => {
    const { dialog, borrow, copy } = await openWithClipboard();
    borrow.mockRejectedValue(new Error("gone"));
    copy().click();
    await within(dialog).findByText("The frames of this clip could not be read.");
  });
});
