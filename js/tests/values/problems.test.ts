import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/ui/protocol/decode";
import { type Inputs, NEUTRAL_INPUTS } from "../../src/ui/protocol/generated";
import { findProblems } from "../../src/ui/values/problems";

interface Case {
  name: string;
  inputs: Partial<Inputs>;
  problems: Record<string, string>;
}

const shared = resolve(import.meta.dirname, "../../../tests/protocol/inputs.json");
const cases = JSON.parse(readFileSync(shared, "utf8")) as Case[];
const { limits } = readConfig({});

describe("the problems of inputs are the same here as in Python", () => {
  it("there are cases", () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases)("$name", ({ inputs, problems }) => {
    const rules = { limits, privateUrls: false };
    expect(findProblems({ ...NEUTRAL_INPUTS, ...inputs }, rules)).toEqual(problems);
  });

  it("but links are not judged where the service may reach private networks", () => {
    const rules = { limits, privateUrls: true };
    for (const { inputs, problems } of cases) {
      const others = Object.entries(problems).filter(
        ([, code]) => code !== "unreachable_url" && code !== "share_page",
      );
      const found = findProblems({ ...NEUTRAL_INPUTS, ...inputs }, rules);
      expect(found).toEqual(Object.fromEntries(others));
    }
  });
});
