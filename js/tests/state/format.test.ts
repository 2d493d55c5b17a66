import { describe, expect, it } from "vitest";
import { clock, fileName, roughly } from "../../src/ui/state/format";

describe("file names", () => {
  it("are made of the prompt and the number", () => {
    expect(fileName("A red fox, running!", 0, "video/mp4")).toBe("a-red-fox-running-1.mp4");
  });

  it("keep other scripts and lose what file systems refuse", () => {
    expect(fileName("غروب/../الشمس", 1, "video/mp4")).toBe("غروب-الشمس-2.mp4");
    expect(fileName("..\\..\\con:<>|?*", 2, "image/png")).toBe("con-3.png");
    expect(fileName("🌊", 0, "video/mp4")).toBe("legnext-1.mp4");
  });

  it("are never long", () => {
    expect(fileName("word ".repeat(200), 0, "video/mp4").length).toBeLessThan(70);
  });
});

describe("times", () => {
  it("are written as clocks and rounded estimates", () => {
    expect([clock(7), clock(236.9), clock(3729)]).toEqual(["0:07", "3:56", "1:02:09"]);
    expect(roughly(11)).toEqual({ unit: "seconds", amount: 15 });
    expect(roughly(118)).toEqual({ unit: "minutes", amount: 2 });
  });
});
