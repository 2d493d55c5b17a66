import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { imageJob, live, serviceMessage } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

describe("the source", () => {
  it("can be a sample picture in the sandbox", async () => {
    const { kernel, user } = openStudio();
    await user.click(screen.getByRole("button", { name: "Use sample image: dunes" }));
    expect(String(kernel.get("image_url"))).toContain("dunes");
  });

  it("shows a sample's name where its picture cannot be reached", async () => {
    openStudio();
    const sample = screen.getByRole("button", { name: "Use sample image: dunes" });
    fireEvent.error(sample.querySelector("img") as HTMLElement);
    await within(sample).findByText("dunes");
  });

  it("shows a sample through the kernel where no browser can reach its link", async () => {
    URL.createObjectURL = () => "blob:x";
    const url = "http://sandbox.legnext.invalid/stills/x.jpg";
    const examples = [{ title: "x", url, pull: true }];
    const { kernel, sent, el, user } = openStudio({ _service: { sandbox: true, examples } });
    const sample = screen.getByRole("button", { name: "Use sample image: x" });
    await waitFor(() => expect(sent("media")).toHaveLength(1));
    const [{ media, index, chunk, pull }] = sent("media") as [Record<string, unknown>];
    expect({ media, index, chunk }).toEqual({ media: "sample", index: 0, chunk: 0 });
    expect(el.querySelector("img")).toBeNull();
    const said = { type: "media", pull, chunk: 0, chunks: 1, bytes: 3, mime: "image/jpeg" };
    kernel.emit(said, [new DataView(new Uint8Array([1, 2, 3]).buffer)]);
    await waitFor(() => expect(sample.querySelector("img")?.src).toBe("blob:x"));
    await user.click(sample);
    await waitFor(() => expect(el.querySelectorAll("img[src='blob:x']")).toHaveLength(2));
    expect(sent("media")).toHaveLength(1);
  });

  it("shows the thumbnails that came with the code, and fetches nothing for them", () => {
    const url = "http://sandbox.legnext.invalid/stills/x.jpg";
    const examples = [{ title: "x", url, pull: true }];
    const thumbnail = "data:image/jpeg;base64,AAAA";
    const state = { _service: { sandbox: true, examples } };
    const { sent } = openStudio(state, "studio", [thumbnail]);
    const sample = screen.getByRole("button", { name: "Use sample image: x" });
    expect(sample.querySelector("img")?.src).toBe(thumbnail);
    expect(sent("media")).toHaveLength(0);
  });

  it("offers no samples outside of the sandbox", () => {
    const { el } = openStudio({
      _service: { sandbox: false, examples: [{ title: "x", url: "https://example.com/x.jpg" }] },
    });
    expect(el.querySelector(".samples")).toBeNull();
    expect(el.querySelector(".legnext-widgets")?.getAttribute("data-sandbox")).toBe("false");
  });

  it.each([
    ["http://localhost:8888/files/sea.jpg", /cannot reach this computer or a private network/],
    ["http://192.168.1.20/sea.jpg", /cannot reach this computer or a private network/],
    ["https://drive.google.com/file/d/1/view", /page of a file-sharing service/],
  ])("shows as it is typed that the service cannot fetch %s", async (link, problem) => {
    const service = { sandbox: false, private_urls: false, examples: [] };
    const { kernel, user } = openStudio({ prompt: "waves", _service: service });
    const field = screen.getByRole("textbox", { name: "Image URL" });
    await user.type(field, link);

    expect(await screen.findByText(problem)).toBeTruthy();
    expect(field.getAttribute("aria-invalid")).toBe("true");

    // A sandbox, or another service on the kernel's machine, reaches it.
    kernel.change({ _service: { ...service, private_urls: true } });
    await waitFor(() => expect(screen.queryByText(problem)).toBeNull());
  });

  it("can be an image of a known job, shown and not guessed", async () => {
    const job = imageJob({ prompt: "a meadow" });
    const { kernel, user } = openStudio({ source: "image_job", _live: live([job]) });
    const group = screen.getByRole("group", { name: "a meadow" });
    await user.click(within(group).getByRole("button", { name: "Image 3: a meadow" }));
    expect(kernel.get("source_job_id")).toBe(job.id);
    expect(kernel.get("image_no")).toBe(2);
  });

  it("looks a pasted job id up by itself, once", async () => {
    const { sent, user } = openStudio({ source: "image_job" });
    await user.click(screen.getByRole("textbox", { name: "Image job ID" }));
    await user.paste("c6821434-5e41-408f-b42b-2562306b109c");
    await waitFor(() => expect(sent("look_up")).toHaveLength(1));
  });

  it("says when the job that was looked up is not known", async () => {
    const id = "c6821434-5e41-408f-b42b-2562306b109c";
    const { kernel, sent } = openStudio({ source: "image_job", source_job_id: id });
    await waitFor(() => expect(sent("look_up")).toHaveLength(1));
    kernel.emit({ type: "looked_up", job_id: id, error: serviceMessage("No such job.") });
    await screen.findByText("No such job.");
  });

  it("made from text goes on with one of its four images", async () => {
    const job = imageJob({ prompt: "a meadow" });
    const { kernel, user } = openStudio({ source: "text", _live: live([job]) });
    const group = screen.getByRole("group", { name: "a meadow" });
    await user.click(within(group).getByRole("button", { name: "Image 2: a meadow" }));
    expect(kernel.get("source")).toBe("image_job");
    expect(kernel.get("image_no")).toBe(1);
  });
});
