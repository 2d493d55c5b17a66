import { fireEvent, screen, waitFor } from "@testing-library/dom";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { failedJob, live, PROMPTS, runningJob, STATES, videoJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const clip = (el: HTMLElement, index: number) => {
  const found = el.querySelector<HTMLElement>(`[data-clip="${index}"]`);
  if (!found) throw new Error(`no clip ${index}`);
  return found;
};

describe("the gallery", () => {
  it("shows each finished job with its clips", () => {
    const { el } = openStudio({ _live: live([videoJob({ id: "a" }), runningJob({ id: "b" })]) });
    const gallery = screen.getByRole("region", { name: "Gallery" });
    const queue = screen.getByRole("region", { name: "Queue" });
    expect(gallery.querySelector('[data-job-id="a"][data-status="completed"]')).toBeTruthy();
    expect(queue.querySelector('[data-job-id="b"][data-status="processing"]')).toBeTruthy();
    expect(el.querySelectorAll("[data-clip] video")).toHaveLength(4);
  });

  it("takes a job from the queue when it completes", async () => {
    const { kernel } = openStudio({ _live: live([runningJob({ id: "a" })], 1) });
    kernel.change({
      _live: { revision: 2, since: 1, jobs: [videoJob({ id: "a" })], total: 1 },
    });
    await waitFor(() => expect(screen.queryByRole("region", { name: "Queue" })).toBeNull());
    expect(document.querySelectorAll("[data-job-id=a]")).toHaveLength(1);
  });

  it("asks for what it missed", () => {
    const { kernel, sent } = openStudio({ _live: live([], 3) });
    kernel.change({ _live: { revision: 9, since: 8, jobs: [videoJob()], total: 1 } });
    expect(sent("sync")).toEqual([{ type: "sync", since: 3 }]);
  });

  it("plays a clip on hover and on focus, without sound, and lets it rest after", async () => {
    const play = vi.spyOn(HTMLMediaElement.prototype, "play");
    const pause = vi.spyOn(HTMLMediaElement.prototype, "pause");
    const { el } = openStudio({ _live: live([videoJob()]) });
    const video = clip(el, 0).querySelector("video") as HTMLVideoElement;
    expect(video.muted).toBe(true);
    fireEvent.pointerEnter(clip(el, 0));
    expect(play).toHaveBeenCalledTimes(1);
    fireEvent.pointerLeave(clip(el, 0));
    expect(pause).toHaveBeenCalled();
    clip(el, 1).querySelector("button")?.focus();
    expect(play).toHaveBeenCalledTimes(2);
  });

  it("does not play by itself for those who want less motion", () => {
    vi.stubGlobal("matchMedia", () => ({
      matches: true,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }));
    const play = vi.spyOn(HTMLMediaElement.prototype, "play");
    const { el } = openStudio({ _live: live([videoJob()]) });
    fireEvent.pointerEnter(clip(el, 0));
    expect(play).not.toHaveBeenCalled();
  });

  it("says of a failed job what went wrong and what to do, and lets it be put away", async () => {
    const { user } = openStudio({ _live: live([failedJob()]) });
    screen.getByText(/could not be loaded from its link/);
    screen.getByText(/Change the words or the picture/);
    await user.click(screen.getByRole("button", { name: `Dismiss: ${PROMPTS.dusk}` }));
    expect(screen.queryByRole("region", { name: "Queue" })).toBeNull();
  });

  it("asks the kernel to fill the form with all that a job was made with", async () => {
    const job = videoJob({ id: "a", prompt: "again" });
    const { prompt, sent, user } = openStudio({ _live: live([job]) });
    await user.click(screen.getByRole("button", { name: "Use again: again" }));
    expect(sent("reuse")).toEqual([{ type: "reuse", job_id: "a" }]);
    await waitFor(() => expect(document.activeElement).toBe(prompt()));
  });

  it("offers to renew a link that has expired", async () => {
    const media = [{ kind: "video", index: 0, url: "https://x.y/a.mp4", expires: 1, pull: false }];
    const { sent, user } = openStudio({ _live: live([videoJob({ id: "a", media })]) });
    await user.click(screen.getByRole("button", { name: "Renew link" }));
    expect(sent("refresh")).toEqual([{ type: "refresh", job_id: "a" }]);
  });
});

describe("the large view", () => {
  const JOB = videoJob({ id: "a", prompt: "waves" });

  it("opens with the clip that was pressed, which is selected", async () => {
    const { el, kernel, user } = openStudio({ _live: live([JOB]) });
    await user.click(clip(el, 2).querySelector("button") as HTMLElement);
    await screen.findByRole("dialog", { name: "Clip 3 of 4: waves" });
    expect(kernel.get("_selected")).toEqual({ job_id: "a", index: 2 });
  });

  it("steps with the arrow keys, closes with Escape and gives the focus back", async () => {
    const { el, kernel, user } = openStudio({ _live: live([JOB]) });
    const opener = clip(el, 0).querySelector("button") as HTMLElement;
    opener.focus();
    await user.keyboard("{Enter}");
    await user.keyboard("{ArrowRight}");
    await screen.findByRole("dialog", { name: "Clip 2 of 4: waves" });
    expect(kernel.get("_selected")).toEqual({ job_id: "a", index: 1 });
    await user.keyboard("{ArrowLeft}{ArrowLeft}");
    await screen.findByRole("dialog", { name: "Clip 1 of 4: waves" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.activeElement).toBe(opener);
  });

  it("is open in the view where it was opened, and in no other", async () => {
    const { el, open, user } = openStudio({ _live: live([JOB]) });
    open();
    await user.click(clip(el, 0).querySelector("button") as HTMLElement);
    expect(await screen.findAllByRole("dialog")).toHaveLength(1);
  });
});

describe("the gallery alone", () => {
  it("asks its kernel for nothing that it has not: no pages, no marks, no next steps", async () => {
    const parent = { job_id: "elsewhere", index: 0 };
    const { el, kernel, user } = openStudio(
      { _live: live(Array.from({ length: 30 }, (_, at) => videoJob({ id: `j${at}`, parent }))) },
      "gallery",
    );
    await user.type(screen.getByRole("searchbox", { name: "Search" }), "dunes");
    await user.click(clip(el, 0).querySelector("button") as HTMLElement);
    const dialog = await screen.findByRole("dialog");
    expect(dialog.querySelector(".next-steps, .favourite, .note-field")).toBeNull();
    expect(kernel.sent).toEqual([]);
  });
});

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
      queueMicrotask(() => kernel.tell(whole, [new DataView(new ArrayBuffer(3))]));
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

  it("are all let go in the end, and so is every listener", async () => {
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

describe("hostile text", () => {
  it("stays text in every field, and no link runs code", async () => {
    document.title = "safe";
    const values = STATES.hostile?.() ?? {};
    for (const source of ["image_url", "image_job", "text"]) {
      const { el, user, unmount } = openStudio({ ...values, source });
      expect(el.querySelector("script, iframe, object, embed, [onerror]")).toBeNull();
      expect(el.textContent).toContain(PROMPTS.hostile);
      for (const name of ["href", "src", "action", "formaction", "poster"]) {
        for (const element of el.querySelectorAll(`[${name}]`)) {
          expect(element.getAttribute(name)).toMatch(/^(https?|blob):/);
        }
      }
      await user.click(clip(el, 0).querySelector("button") as HTMLElement);
      expect(el.querySelector("script, [onerror]")).toBeNull();
      unmount();
    }
    expect(document.title).toBe("safe");
  });
});
