import { describe, expect, it } from "vitest";
import { runningJob, videoJob } from "../../pages/fixtures";
import { readDelta } from "../../src/ui/protocol/decode";
import type { Delta } from "../../src/ui/protocol/generated";
import { applyDelta, createJobStore, NO_JOBS } from "../../src/ui/state/jobs";

function delta(revision: number, since: number, jobs: Record<string, unknown>[]): Delta {
  const read = readDelta({ revision, since, jobs, total: jobs.length });
  if (!read) throw new Error("not a delta");
  return read;
}

describe("the job store", () => {
  it("accepts the first full state", () => {
    const { state, gap } = applyDelta(NO_JOBS, delta(4, 0, [videoJob({ id: "a" })]), 0);
    expect(gap).toBe(false);
    expect([...state.byId.keys()]).toEqual(["a"]);
  });

  it("adds what a delta changed and keeps the rest", () => {
    const store = createJobStore();
    store.take(delta(1, 0, [videoJob({ id: "a" }), runningJob({ id: "b" })]), 0);
    store.take(delta(2, 1, [videoJob({ id: "b" })]), 0);
    expect(store.get("a")?.done).toBe(true);
    expect(store.get("b")?.done).toBe(true);
  });

  it("adds the first change of a session to all that was there before it", () => {
    const store = createJobStore();
    store.take(
      delta(0, 0, [videoJob({ id: "new", created: 20 }), videoJob({ id: "old", created: 10 })]),
      0,
    );
    store.take(
      { ...delta(1, 0, [videoJob({ id: "old", created: 10, note: "seen" })]), total: 2 },
      0,
    );
    expect(store.ordered.value.map(({ job }) => [job.id, job.note])).toEqual([
      ["new", ""],
      ["old", "seen"],
    ]);
  });

  it("notices a missed delta, and changes nothing", () => {
    const store = createJobStore();
    store.take(delta(1, 0, [runningJob({ id: "a" })]), 0);
    expect(store.take(delta(9, 8, [videoJob({ id: "a" })]), 0)).toBe(false);
    expect(store.get("a")?.done).toBe(false);
  });

  it("requests the full state when it begins in the middle", () => {
    expect(createJobStore().take(delta(9, 8, []), 0)).toBe(false);
  });

  it("ignores an old delta that arrives late", () => {
    const store = createJobStore();
    store.take(delta(5, 0, [videoJob({ id: "a" })]), 0);
    store.take(delta(3, 2, [runningJob({ id: "a" })]), 0);
    store.take(delta(2, 0, [runningJob({ id: "a" })]), 0);
    expect(store.get("a")?.done).toBe(true);
  });

  it("is unchanged when a delta arrives twice", () => {
    const store = createJobStore();
    const twice = delta(2, 0, [videoJob({ id: "a" })]);
    store.take(twice, 0);
    store.take(twice, 0);
    expect(store.ordered.value).toHaveLength(1);
  });

  it("lets a full state replace everything", () => {
    const store = createJobStore();
    store.take(delta(2, 0, [videoJob({ id: "a" }), videoJob({ id: "b" })]), 0);
    store.take(delta(3, 0, [videoJob({ id: "b" })]), 0);
    expect(store.get("a")).toBeUndefined();
  });

  it("shows the newest first", () => {
    const store = createJobStore();
    const at = (id: string, created: number) => videoJob({ id, created });
    store.take(delta(1, 0, [at("old", 10), at("new", 30), at("mid", 20)]), 0);
    expect(store.ordered.value.map(({ job }) => job.id)).toEqual(["new", "mid", "old"]);
  });
});
