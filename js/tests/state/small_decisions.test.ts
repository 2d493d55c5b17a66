import { describe, expect, it } from "vitest";
import { runningJob, videoJob } from "../../pages/fixtures";
import { readDelta } from "../../src/ui/protocol/contract";
import { detectTheme } from "../../src/ui/shell/theme";
import { fileName } from "../../src/ui/state/format";
import { newId } from "../../src/ui/state/ids";
import { webLink } from "../../src/ui/state/links";
import { clock, elapsedNow, progressNow, remainingNow, roughly } from "../../src/ui/state/time";

function timed(job: Record<string, unknown>) {
  const read = readDelta({ revision: 1, since: 0, jobs: [job] })?.jobs[0];
  if (!read) throw new Error("not a job");
  return { job: read, receivedAt: 1000 };
}

describe("time", () => {
  it("counts a running job on from its snapshot", () => {
    expect(elapsedNow(timed(runningJob({ elapsed: 10 })), 4000)).toBe(13);
  });

  it("does not count on what is done", () => {
    expect(elapsedNow(timed(videoJob({ elapsed: 10 })), 4000)).toBe(10);
  });

  it("says nothing about the rest without an estimate", () => {
    const job = timed(runningJob({ remaining: null }));
    expect(remainingNow(job, 4000)).toBeNull();
    expect(progressNow(job, 4000)).toBeNull();
  });

  it("never claims to be finished before the job is", () => {
    const job = timed(runningJob({ elapsed: 500, remaining: 1 }));
    expect(progressNow(job, 60_000)).toBeLessThan(1);
    expect(remainingNow(job, 60_000)).toBeLessThan(0);
  });

  it("writes clocks and rough rests", () => {
    expect([clock(7), clock(236.9), clock(3729)]).toEqual(["0:07", "3:56", "1:02:09"]);
    expect(roughly(11)).toEqual({ unit: "seconds", amount: 15 });
    expect(roughly(118)).toEqual({ unit: "minutes", amount: 2 });
  });
});

describe("links", () => {
  it.each([
    "javascript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "java\nscript:alert(1)",
    "vbscript:x",
    "blob:https://example.com/x",
    "https:///x",
    "https:example.com",
    "//example.com/x",
    "https://user:word@example.com/x",
    "https://exa mple.com",
    "",
  ])("%j is none", (text) => {
    expect(webLink(text)).toBeNull();
  });

  it("keeps an http(s) link as it is", () => {
    expect(webLink("https://image.legnext.ai/a.mp4?Expires=1&Signature=~x_")).not.toBeNull();
  });
});

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

describe("the theme", () => {
  function page(attributes: Record<string, string>, root: Record<string, string> = {}): Document {
    const made = document.implementation.createHTMLDocument();
    for (const [name, value] of Object.entries(attributes)) made.body.setAttribute(name, value);
    for (const [name, value] of Object.entries(root)) {
      made.documentElement.setAttribute(name, value);
    }
    return made;
  }

  it.each([
    ["JupyterLab dark", page({ "data-jp-theme-light": "false" }), false, "dark"],
    ["JupyterLab light on a dark system", page({ "data-jp-theme-light": "true" }), true, "light"],
    ["VS Code dark", page({ class: "vscode-dark" }), false, "dark"],
    ["VS Code high contrast", page({ class: "vscode-high-contrast" }), false, "dark"],
    ["VS Code light", page({ class: "vscode-light" }), true, "light"],
    ["a dark class", page({}, { class: "x dark" }), false, "dark"],
    ["a data-theme", page({}, { "data-theme": "dark" }), false, "dark"],
    ["Colab", page({}, { theme: "dark" }), false, "dark"],
    ["nothing said, dark system", page({}), true, "dark"],
    ["nothing said, light system", page({}), false, "light"],
  ])("%s", (_, made, systemDark, expected) => {
    expect(detectTheme(made, systemDark)).toBe(expected);
  });
});

it("ids are UUIDs and differ", () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(newId()).toMatch(shape);
  expect(newId()).not.toBe(newId());
});
