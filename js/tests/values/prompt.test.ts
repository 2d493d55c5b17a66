import { describe, expect, it } from "vitest";
import { NEUTRAL_INPUTS } from "../../src/ui/protocol/generated";
import { codePoints, compose, optionsIn, wordsOf } from "../../src/ui/values/prompt";

const inputs = { ...NEUTRAL_INPUTS, prompt: "waves", image_url: "https://example.com/a.jpg" };

describe("a prompt", () => {
  it("is composed of link, words and options in the order that Python uses", () => {
    const all = {
      ...inputs,
      motion: "high" as const,
      raw: true,
      loop: true,
      end_image_url: "https://example.com/b.jpg",
      batch_size: 2,
    };
    expect(compose(all)).toBe(
      "https://example.com/a.jpg waves --motion high --raw --loop --end https://example.com/b.jpg --bs 2",
    );
  });

  it("has no link when the image comes from a job", () => {
    expect(compose({ ...inputs, source: "image_job" })).toBe("waves");
  });

  it("is the words alone when it makes images", () => {
    expect(compose({ ...inputs, source: "text", raw: true })).toBe("waves");
  });

  it("is counted in code points, not in UTF-16 units", () => {
    expect(codePoints("🌊🌊a")).toBe(3);
  });

  it("is split into words without link and known options", () => {
    expect(wordsOf("https://example.com/a.jpg big --raw waves --seed 4")).toBe(
      "big   waves --seed 4",
    );
    expect(wordsOf("--raw --loop")).toBe("");
  });

  it("knows the options written in it", () => {
    expect(optionsIn("a --motion HIGH --bs 2 --raws --end x")).toEqual(
      new Set(["motion", "batch_size"]),
    );
  });
});
