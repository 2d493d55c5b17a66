import { describe, expect, it } from "vitest";
import { chooseSource } from "../../src/ui/media/source";
import type { Media } from "../../src/ui/protocol/generated";

const clip: Media = {
  kind: "video",
  index: 0,
  url: "https://image.legnext.ai/a.mp4",
  expires: 1000,
  pull: true,
  poster: false,
  favourite: false,
  note: "",
  hidden: false,
};
const fine = { now: 900, pageProtocol: "https:", linkFailed: false };

describe("a clip plays", () => {
  it("from its own link where that works", () => {
    expect(chooseSource(clip, fine)).toEqual({ by: "link", url: clip.url });
  });

  it.each([
    ["its link has expired", clip, { ...fine, now: 1001 }],
    ["its link is about to expire", clip, { ...fine, now: 997 }],
    ["its link did not play", clip, { ...fine, linkFailed: true }],
    ["it has no link", { ...clip, url: null }, fine],
    ["its link is no web link", { ...clip, url: "javascript:alert(1)" }, fine],
    ["its link is http on an https page", { ...clip, url: "http://media.example/a.mp4" }, fine],
  ])("through the kernel when %s", (_, media, circumstances) => {
    expect(chooseSource(media, circumstances)).toEqual({ by: "kernel" });
  });

  it("from loopback also on an https page", () => {
    const url = "http://127.0.0.1:8123/a.mp4";
    expect(chooseSource({ ...clip, url }, fine)).toEqual({ by: "link", url });
  });

  it("not when there is no source left, and gives the reason", () => {
    const alone = { ...clip, pull: false };
    expect(chooseSource(alone, { ...fine, now: 2000 })).toEqual({ by: "none", reason: "expired" });
    expect(chooseSource(alone, { ...fine, linkFailed: true })).toEqual({
      by: "none",
      reason: "unavailable",
    });
  });
});
