import { fireEvent, screen, waitFor } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { openStudio } from "../studio_page";

const STAYS = { where: "the sandbox", hours: null, stays: true };
const TAKEN = { link: "picture:1.jpg", name: "sea.jpg", size: "640 x 480, 12 KB", preview: null };

function place(el: HTMLElement): HTMLElement {
  return el.querySelector(".picture-input") as HTMLElement;
}

function drop(el: HTMLElement, file: File) {
  const dataTransfer = { files: [file], types: ["Files"], getData: () => "" };
  fireEvent.drop(place(el), { dataTransfer });
}

const file = (bytes: number) =>
  new File([new Uint8Array(bytes)], "sea.jpg", { type: "image/jpeg" });

describe("a picture of the person", () => {
  it.each([
    [STAYS, "It stays on this computer."],
    [{ where: "s3://b/x", hours: 24, stays: false }, /uploaded to s3:\/\/b\/x; .* works for 24 h/],
    [{ where: "your uploader (up)", hours: null, stays: false }, /uploaded to your uploader/],
    [{ where: "", hours: null, stays: false }, /set LEGNEXT_UPLOADS or uploader= first/],
  ])("says where it goes before it is given", (uploads, text) => {
    const { el } = openStudio({ _service: { sandbox: true, uploads } });
    expect(place(el).textContent).toMatch(text);
  });

  it("goes to the kernel in parts, and becomes the image", async () => {
    URL.createObjectURL = () => "blob:memory";
    URL.revokeObjectURL = () => {};
    const { kernel, sent, el } = openStudio({ _service: { uploads: STAYS } });
    drop(el, file(500_000));
    await waitFor(() => expect(sent("picture")).toHaveLength(1));
    expect(place(el).querySelector("img")?.src).toBe("blob:memory");
    const [first] = sent("picture") as [Record<string, unknown>];
    expect({ part: first.part, parts: first.parts, name: first.name }).toEqual({
      part: 0,
      parts: 2,
      name: "sea.jpg",
    });
    kernel.emit({ type: "picture", ask: first.ask, picture: null, error: null });
    await waitFor(() => expect(sent("picture")).toHaveLength(2));
    const second = sent("picture")[1] as Record<string, unknown>;
    expect(second.upload).toBe(first.upload);
    expect(atob(String(first.data)).length + atob(String(second.data)).length).toBe(500_000);
    kernel.emit({ type: "picture", ask: second.ask, picture: TAKEN, error: null });
    await waitFor(() => expect(kernel.get("image_url")).toBe(TAKEN.link));
    expect(place(el).textContent).toContain("640 x 480, 12 KB");
  });

  it("can be given up while it is read, and another one be used", async () => {
    URL.createObjectURL = () => "blob:memory";
    URL.revokeObjectURL = () => {};
    const { kernel, sent, el, user } = openStudio({ _service: { uploads: STAYS } });
    drop(el, file(10));
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    await screen.findByRole("textbox", { name: "Image URL" });
    expect(kernel.get("image_url")).not.toBe(TAKEN.link);
    expect(sent("picture").length).toBeLessThanOrEqual(1);
  });

  it("shows why the kernel does not take a file", async () => {
    URL.createObjectURL = () => "blob:memory";
    URL.revokeObjectURL = () => {};
    const { kernel, sent, el } = openStudio({ _service: { uploads: STAYS } });
    drop(el, file(10));
    await waitFor(() => expect(sent("picture")).toHaveLength(1));
    const [{ ask }] = sent("picture") as [Record<string, unknown>];
    const error = { text: "This is a text file.", code: null, values: {}, field: null };
    kernel.emit({ type: "picture", ask, picture: null, error });
    await screen.findByText("This is a text file.");
  });

  it("is taken from another output by the link in what is dropped", async () => {
    const { kernel, el } = openStudio({ _service: { uploads: STAYS } });
    const html = '<img src="https://example.com/plot.png">';
    const getData = (type: string) => (type === "text/html" ? html : "");
    fireEvent.drop(place(el), { dataTransfer: { files: [], types: ["text/html"], getData } });
    await waitFor(() => expect(kernel.get("image_url")).toBe("https://example.com/plot.png"));
  });

  it("can be the last frame, by the same means", async () => {
    URL.createObjectURL = () => "blob:memory";
    URL.revokeObjectURL = () => {};
    const { kernel, sent, el } = openStudio({ _service: { uploads: STAYS } });
    const [, end] = el.querySelectorAll<HTMLElement>(".picture-input");
    const dataTransfer = { files: [file(10)], types: ["Files"], getData: () => "" };
    fireEvent.drop(end as HTMLElement, { dataTransfer });
    await waitFor(() => expect(sent("picture")).toHaveLength(1));
    const [{ ask }] = sent("picture") as [Record<string, unknown>];
    kernel.emit({ type: "picture", ask, picture: TAKEN, error: null });
    await waitFor(() => expect(kernel.get("end_image_url")).toBe(TAKEN.link));
    expect(kernel.get("image_url")).not.toBe(TAKEN.link);
    expect(end?.textContent).toContain("Your end frame");
  });

  it("is previewed by the browser where the kernel has no means to", async () => {
    const bitmap = { width: 4000, height: 3000, close: () => {} };
    vi.stubGlobal("createImageBitmap", async () => bitmap);
    const context = { fillRect() {}, drawImage() {} } as unknown as CanvasRenderingContext2D;
    const canvas = HTMLCanvasElement.prototype;
    vi.spyOn(canvas, "getContext").mockReturnValue(context as never);
    vi.spyOn(canvas, "toDataURL").mockReturnValue("data:image/jpeg;base64,c21hbGw=");
    URL.createObjectURL = () => "blob:memory";
    URL.revokeObjectURL = () => {};
    const { kernel, sent, el } = openStudio({ _service: { uploads: STAYS } });
    drop(el, file(10));
    await waitFor(() => expect(sent("picture")).toHaveLength(1));
    const [{ ask, data }] = sent("picture") as [Record<string, unknown>];
    expect(atob(String(data))).toBe("small");
    kernel.emit({ type: "picture", ask, picture: TAKEN, error: null });
    await waitFor(() => expect(place(el).querySelector("img")?.src).toMatch(/^data:image.jpeg/));
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it("is shown again after a reload of the page, as the kernel knows it", async () => {
    const { kernel, sent, el } = openStudio({
      _service: { uploads: STAYS },
      image_url: TAKEN.link,
      end_image_url: TAKEN.link,
    });
    expect(screen.queryByRole("textbox", { name: "Image URL" })).toBeNull();
    await waitFor(() => expect(sent("known_picture").length).toBeGreaterThan(0));
    const [{ ask, link }] = sent("known_picture") as [Record<string, unknown>];
    expect(link).toBe(TAKEN.link);
    kernel.emit({ type: "picture", ask, picture: TAKEN, error: null });
    await waitFor(() => expect(place(el).textContent).toContain("sea.jpg"));
    expect(el.querySelectorAll(".picture-input")[1]?.textContent).toContain("sea.jpg");
  });

  it("says that the kernel has it no more, and makes room for another one", async () => {
    const { kernel, sent, el, user } = openStudio({
      _service: { uploads: STAYS },
      image_url: TAKEN.link,
    });
    await waitFor(() => expect(sent("known_picture")).toHaveLength(1));
    const [{ ask }] = sent("known_picture") as [Record<string, unknown>];
    const error = { text: "Give it again.", code: "picture_gone", values: {}, field: null };
    kernel.emit({ type: "picture", ask, picture: null, error });
    await screen.findByText("Give it again.");
    await user.click(screen.getByRole("button", { name: "Use another image" }));
    expect(kernel.get("image_url")).toBe("");
    expect(place(el).textContent).not.toContain("Give it again.");
  });

  it("says where the sandbox shows sample clips only", () => {
    const { el } = openStudio({ _service: { sandbox: true, note: "Clips.", uploads: STAYS } });
    expect(place(el).textContent).toContain("The clips are samples");
  });
});
