import { fireEvent, waitFor, within } from "@testing-library/dom";
import { beforeEach, describe, expect, it } from "vitest";
import { live, manyJobs } from "../../pages/fixtures";
import { openStudio } from "../studio_page";
import { FakeObserver } from "./fake_observer";

beforeEach(() => {
  FakeObserver.all.clear();
});

describe("a clip with a still", () => {
  it("fetches the clip on hover or focus only, and releases it afterwards", async () => {
    let made = 0;
    URL.createObjectURL = () => {
      made += 1;
      return `blob:http://localhost/${made}`;
    };
    URL.revokeObjectURL = () => undefined;
    const studio = openStudio();
    studio.kernel.answer = ({ type, pull, chunk, media }) => {
      if (type !== "media") return;
      const whole = { type, pull, chunk, chunks: 1, bytes: 3, mime: `image/${media}` };
      queueMicrotask(() => studio.kernel.emit(whole, [new DataView(new ArrayBuffer(3))]));
    };
    studio.kernel.change({ _live: live(manyJobs(1)) });
    const tile = await waitFor(() => {
      const found = studio.el.querySelector<HTMLElement>('[data-clip="0"]');
      expect(found?.querySelector("img.poster")).toBeTruthy();
      return found as HTMLElement;
    });
    expect(studio.el.querySelectorAll("video")).toHaveLength(0);
    expect(studio.sent("media").every(({ media }) => media === "poster")).toBe(true);
    fireEvent.pointerEnter(tile);
    await waitFor(() => expect(tile.querySelector("video")).toBeTruthy());
    fireEvent.pointerLeave(tile);
    await waitFor(() => expect(tile.querySelector("video")).toBeNull());
    within(tile).getByRole("button", { name: /Open clip 1/ });
  });
});
