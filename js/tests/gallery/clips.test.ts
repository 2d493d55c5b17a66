import { fireEvent, screen, waitFor } from "@testing-library/dom";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { live, videoJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const clip = (el: HTMLElement, index: number) => {
  const found = el.querySelector<HTMLElement>(`[data-clip="${index}"]`);
  if (!found) throw new Error(`no clip ${index}`);
  return found;
};

describe("bytes through the kernel", () => {
  const made: string[] = [];
  const revoked: string[] = [];
  const PULLED = {
    id: "a",
    media: [{ kind: "video", index: 0, url: null, expires: null, pull: true }],
  };

  beforeEach(() => {
    made.length = 0;
    revoked.length = 0;
    URL.createObjectURL = () => {
      made.push(`blob:http://localhost/${made.length}`);
      return made.at(-1) ?? "";
    };
    URL.revokeObjectURL = (url) => {
      revoked.push(url);
    };
  });

  function answering(kernel: ReturnType<typeof openStudio>["kernel"]) {
    kernel.answer = ({ type, pull, chunk }) => {
      if (type !== "media") return;
      const whole = { type, pull, chunk, chunks: 1, bytes: 3, mime: "video/mp4" };
      queueMicrotask(() => kernel.emit(whole, [new DataView(new ArrayBuffer(3))]));
    };
  }

  it("play a clip that has no link", async () => {
    const studio = openStudio();
    answering(studio.kernel);
    studio.kernel.change({ _live: live([videoJob(PULLED)]) });
    await waitFor(() =>
      expect(clip(studio.el, 0).querySelector("video")?.src).toBe("blob:http://localhost/0"),
    );
  });

  it("take over when the link does not play", async () => {
    const studio = openStudio({ _live: live([videoJob({ id: "a" }, "dunes-wide", 1)]) });
    answering(studio.kernel);
    fireEvent.error(clip(studio.el, 0).querySelector("video") as HTMLElement);
    await waitFor(() => expect(made).toHaveLength(1));
    expect(studio.sent("media")[0]).toMatchObject({ job_id: "a", media: "video", index: 0 });
  });

  it("become a file with a real name", async () => {
    const names: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      names.push(this.download);
    });
    const job = videoJob({ id: "a", prompt: "Big waves!" }, "dunes-wide", 1);
    const { kernel, user } = openStudio({ _live: live([job]) });
    answering(kernel);
    await user.click(screen.getByRole("button", { name: "Download clip 1" }));
    await waitFor(() => expect(names).toEqual(["big-waves-1.mp4"]));
  });

  it("are all released in the end, and so is every listener", async () => {
    const studio = openStudio();
    answering(studio.kernel);
    studio.kernel.change({ _live: live([videoJob(PULLED)]) });
    await waitFor(() => expect(made).toHaveLength(1));
    studio.unmount();
    studio.session.dispose();
    expect(revoked).toEqual(made);
    expect(studio.kernel.listeners).toBe(0);
    expect(studio.el.childElementCount).toBe(0);
  });
});
