import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/ui/protocol/decode";
import { type Inputs, NEUTRAL_INPUTS } from "../../src/ui/protocol/generated";
import { findProblems } from "../../src/ui/state/problems";

interface Case {
  name: string;
  inputs: Partial<Inputs>;
  problems: Record<string, string>;
  /** Whether only the kernel finds the problem, or takes the input as it was pasted. */
  kernel_only?: boolean;
}

const shared = resolve(import.meta.dirname, "../../../tests/protocol/inputs.json");
const all = JSON.parse(readFileSync(shared, "utf8")) as Case[];
const cases = all.filter((one) => !one.kernel_only);
const { limits } = readConfig({});

describe("the problems of inputs are the same here as in Python", () => {
  it("there are cases", () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases)("$name", ({ inputs, problems }) => {
    expect(findProblems({ ...NEUTRAL_INPUTS, ...inputs }, limits)).toEqual(problems);
  });
});
