import { describe, expect, it } from "vitest";
import { FakeKernel } from "../../pages/fake_kernel";
import { NEUTRAL_INPUTS } from "../../src/ui/protocol/generated";
import { createBatchDraft } from "../../src/ui/state/batch_draft";
import { createDrafts } from "../../src/ui/state/drafts";
import { expandPrompts } from "../../src/ui/state/templates";

const prompts = (text: string, limit = 200) => expandPrompts(text, limit).prompts;

describe("several prompts in one text", () => {
  it("are one per line, without empty lines", () => {
    expect(prompts("a\n\n  b  \r\n \nc\n")).toEqual(["a", "b", "c"]);
  });

  it("are made for every choice, in the order in which one reads", () => {
    expect(prompts("a {red|blue} {cat|dog}")).toEqual([
      "a red cat",
      "a red dog",
      "a blue cat",
      "a blue dog",
    ]);
  });

  it("may leave a choice empty without leaving double spaces", () => {
    expect(prompts("a {very |}old {|stone }gate")).toEqual([
      "a very old gate",
      "a very old stone gate",
      "a old gate",
      "a old stone gate",
    ]);
  });

  it("keep braces that hold no choice as they are", () => {
    expect(prompts("{a} } { {}")).toEqual(["{a} } { {}"]);
    expect(prompts("{{a|b}}")).toEqual(["{a}", "{b}"]);
  });

  it("are counted without being made when there are far too many", () => {
    const { prompts: made, total } = expandPrompts("{a|b|c|d|e|f|g|h}".repeat(12), 200);
    expect(made).toHaveLength(200);
    expect(total).toBe(8 ** 12);
  });

  it("know the line they came from", () => {
    const { lines } = expandPrompts("a\n\n{b|c}", 200);
    expect(lines.map(({ number, prompts: of }) => [number, of.length])).toEqual([
      [1, 1],
      [3, 2],
    ]);
  });
});

describe("a draft of several prompts", () => {
  const limits = { prompt: 30, prompts: 1000, images: 4, batch_sizes: [1, 2, 4] };
  const rules = { limits, privateUrls: false };
  const inputs = { ...NEUTRAL_INPUTS, source: "text" as const };
  const of = (text: string) => {
    const draft = createBatchDraft(createDrafts(new FakeKernel().host()));
    draft.type(text);
    return draft;
  };

  it("needs one", () => {
    expect(of(" \n ").problems(inputs, rules)).toEqual({ prompt: "required" });
  });

  it("names the first line that cannot be sent", () => {
    const draft = of(`fine\n${"x".repeat(31)}`);
    expect(draft.problems(inputs, rules)).toEqual({ prompt: "too_long" });
    expect(draft.lineProblem(inputs, rules)).toEqual({ line: 2, code: "too_long" });
  });

  it("has at most 200", () => {
    expect(of("x\n".repeat(200)).problems(inputs, rules)).toEqual({});
    expect(of("x\n".repeat(201)).problems(inputs, rules)).toEqual({ prompt: "out_of_range" });
  });

  it("minds the other fields as a single prompt does", () => {
    const linked = { ...NEUTRAL_INPUTS, callback: "nowhere" };
    expect(of("x").problems(linked, rules)).toEqual({
      image_url: "required",
      callback: "not_a_url",
    });
  });
});
