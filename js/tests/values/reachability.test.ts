import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { obstacleTo } from "../../src/ui/values/reachability";

interface Case {
  link: string;
  obstacle: string | null;
}

const shared = resolve(import.meta.dirname, "../../../tests/protocol/links.json");
const cases = JSON.parse(readFileSync(shared, "utf8")) as Case[];

describe("links that the service cannot fetch are the same here as in Python", () => {
  it("there are cases", () => {
    expect(cases.length).toBeGreaterThan(80);
  });

  it.each(cases)("$link", ({ link, obstacle }) => {
    expect(obstacleTo(link)).toBe(obstacle);
  });
});
