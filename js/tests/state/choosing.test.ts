import { describe, expect, it } from "vitest";
import { videoJob } from "../../pages/fixtures";
import { readJob } from "../../src/ui/protocol/decode";
import type { Job } from "../../src/ui/protocol/generated";
import { parametersOf } from "../../src/ui/state/batch_table";
import { arrange, PLAIN } from "../../src/ui/state/browse";
import { between, keyOf, tickedEntries } from "../../src/ui/state/chosen_clips";
import { createJobStore } from "../../src/ui/state/jobs";
import { expandPrompts } from "../../src/ui/state/templates";

const job = (id: string, changes = {}): Job => readJob(videoJob({ id, ...changes })) as Job;
const ALL = { images: true, found: new Set<string>() };

describe("the table of a batch", () => {
  it("has a column for each place at which the prompts differ", () => {
    const { prompts } = expandPrompts("A {red|very dark blue} balloon {rises|falls} at dusk", 20);
    expect(parametersOf(prompts)).toEqual({
      columns: 2,
      rows: [
        ["red", "rises"],
        ["red", "falls"],
        ["very dark blue", "rises"],
        ["very dark blue", "falls"],
      ],
    });
  });

  it("shows prompts that have little in common as they are, and an empty choice as nothing", () => {
    const rows = [["Waves at the pier"], ["A cat sleeps"]];
    expect(parametersOf(["Waves at the pier", "A cat sleeps"])).toEqual({ columns: 1, rows });
    const { prompts } = expandPrompts("the sea at night{, in fog|} and calm", 20);
    expect(parametersOf(prompts).columns).toBeGreaterThan(0);
    expect(parametersOf(["the same", "the same"])).toEqual({
      columns: 1,
      rows: [["the same"], ["the same"]],
    });
  });
});

describe("ticked clips", () => {
  it("make a range over jobs, in the order in which they are shown", () => {
    const shown = [job("a"), job("b")];
    const keys = between(shown, keyOf("b", 1), keyOf("a", 2));
    expect(keys).toEqual([keyOf("a", 2), keyOf("a", 3), keyOf("b", 0), keyOf("b", 1)]);
    expect(between(shown, keyOf("gone", 0), keyOf("a", 2))).toEqual([keyOf("a", 2)]);
  });

  it("stay ticked while a filter leaves them out, and are forgotten with their job", () => {
    const store = createJobStore();
    store.add([job("a"), job("b")], 0);
    const ticked = new Set([keyOf("a", 0), keyOf("b", 3), keyOf("gone", 0)]);
    const found = tickedEntries(ticked, [job("b")], store.state.value);
    expect(found.map(({ job: { id }, media }) => `${id}${media.index}`)).toEqual(["b3", "a0"]);
  });
});

describe("marks of clips", () => {
  it("narrow the gallery to the clips that have them", () => {
    const store = createJobStore();
    store.add([job("a"), job("b")], 0);
    store.mark("a", 2, { favourite: true });
    store.mark("b", 0, { hidden: true });
    const jobs = ["a", "b"].map((id) => store.get(id) as Job);
    const shown = (changes: object) =>
      arrange(jobs, { ...PLAIN, ...changes }, ALL).map(({ id, media }) => [
        id,
        media.map(({ index }) => index),
      ]);
    expect(shown({})).toEqual([
      ["a", [0, 1, 2, 3]],
      ["b", [1, 2, 3]],
    ]);
    expect(shown({ favourites: true })).toEqual([["a", [2]]]);
    expect(shown({ hidden: true })).toEqual([["b", [0]]]);
  });

  it("sum up in the job: a star while any clip has one, hidden while all are", () => {
    const store = createJobStore();
    store.add([job("a")], 0);
    store.mark("a", 1, { favourite: true });
    expect(store.get("a")?.favourite).toBe(true);
    store.mark("a", 1, { favourite: false });
    expect(store.get("a")?.favourite).toBe(false);
    for (const index of [0, 1, 2]) store.mark("a", index, { hidden: true });
    expect(store.get("a")?.hidden).toBe(false);
    store.mark("a", 3, { hidden: true });
    expect(store.get("a")?.hidden).toBe(true);
    store.mark("a", null, { hidden: false });
    expect(store.get("a")?.media.some(({ hidden }) => hidden)).toBe(false);
  });
});
