import { describe, expect, it } from "vitest";
import { failedJob, imageJob, runningJob, uncertainJob, videoJob } from "../../pages/fixtures";
import { readJob } from "../../src/ui/protocol/decode";
import type { Job } from "../../src/ui/protocol/generated";
import { arrange, type Browse, chunksOf, dayOf, PLAIN } from "../../src/ui/state/browse";
import { dayName } from "../../src/ui/state/format";

function read(value: Record<string, unknown>): Job {
  const job = readJob(value);
  if (!job) throw new Error("not a job");
  return job;
}

const JOBS = [
  videoJob({ id: "sea", prompt: "Big waves", note: "für das Ende" }),
  videoJob({ id: "fav", prompt: "a gate", favourite: true }),
  imageJob({ id: "img", prompt: "waves of grass" }),
  videoJob({ id: "ext", kind: "extend_video", prompt: "cliffs" }),
  failedJob({ id: "bad" }),
  runningJob({ id: "run" }),
  uncertainJob({ id: "unk" }),
].map(read);

function ids(browse: Partial<Browse>, found: readonly string[] = []) {
  const given = { images: true, found: new Set(found) };
  return arrange(JOBS, { ...PLAIN, ...browse }, given).map(({ id }) => id);
}

describe("what the gallery shows", () => {
  it("shows jobs with results by default", () => {
    expect(ids({})).toEqual(["sea", "fav", "img", "ext"]);
  });

  it("can be filtered by running, failed or unknown", () => {
    expect(ids({ status: "running" })).toEqual(["run"]);
    expect(ids({ status: "failed" })).toEqual(["bad"]);
    expect(ids({ status: "uncertain" })).toEqual(["unk"]);
  });

  it("can be filtered by kind or favourites", () => {
    expect(ids({ kind: "extend_video" })).toEqual(["ext"]);
    expect(ids({ favourites: true })).toEqual(["fav"]);
  });

  it("finds a job by the beginning of its id, from 8 characters on, and no letters inside ids", () => {
    const job = { ...(JOBS[0] as Job), id: "c6821434-5e41-408f-b42b-2562306b109c" };
    const find = (search: string) =>
      arrange([job], { ...PLAIN, search }, { images: true, found: new Set() }).length;
    expect(find("c6821434")).toBe(1);
    expect(find("c6821434-5e41")).toBe(1);
    for (const part of ["c68", "5e41-408f", "b109c"]) expect(find(part), part).toBe(0);
  });

  it("matches every word of a search in prompt or note, ignoring case and accents", () => {
    expect(ids({ search: "WAVES" })).toEqual(["sea", "img"]);
    expect(ids({ search: "fur waves" })).toEqual(["sea"]);
  });

  it("finds a job by the note of one of its clips, also together with words of its prompt", () => {
    const clips = videoJob({ id: "sea", prompt: "Big waves" });
    const media = (clips.media as Record<string, unknown>[]).map((clip, index) => ({
      ...clip,
      note: index === 2 ? "Für den Anfang" : "",
    }));
    const job = read({ ...clips, media });
    const find = (search: string) =>
      arrange([job], { ...PLAIN, search }, { images: true, found: new Set() }).length;
    expect(find("anfang")).toBe(1);
    expect(find("waves fur")).toBe(1);
    expect(find("ende")).toBe(0);
  });

  it("trusts the library for jobs that match more than is loaded", () => {
    expect(ids({ search: "zzz" }, ["ext"])).toEqual(["ext"]);
  });

  it("can be sorted oldest first or by prompt", () => {
    expect(ids({ sort: "oldest" })[0]).toBe("ext");
    expect(ids({ sort: "words" })).toEqual(["fav", "sea", "ext", "img"]);
  });
});

describe("days", () => {
  const noon = new Date(2026, 2, 10, 12).getTime() / 1000;
  const at = (id: string, days: number) => read(videoJob({ id, created: noon - days * 86_400 }));

  it("begin with a heading, also in the middle of a chunk, and only once", () => {
    const chunks = chunksOf([at("a", 0), at("b", 1), at("c", 1), at("d", 1)], 3, true);
    expect(chunks.map(({ groups }) => groups.map(({ day }) => day))).toEqual([
      ["2026-03-10", "2026-03-09"],
      [null],
    ]);
  });

  it("have no heading when there is but one", () => {
    expect(chunksOf([at("a", 0), at("b", 0)], 3, true)[0]?.groups[0]?.day).toBeNull();
  });

  it("are named as the language does", () => {
    const now = new Date(2026, 2, 10, 23);
    expect(dayName(dayOf(at("a", 0)), now, "en")).toBe("Today");
    expect(dayName(dayOf(at("a", 1)), now, "es")).toBe("Ayer");
    expect(dayName(dayOf(at("a", 2)), now, "en")).toBe("Sunday, March 8, 2026");
    expect(dayName("", now, "en")).toBe("");
  });
});
