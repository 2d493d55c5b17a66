import { describe, expect, it } from "vitest";
import { runningJob, videoJob } from "../../pages/fixtures";
import { readDelta } from "../../src/ui/protocol/decode";
import { elapsedNow, progressNow, remainingNow } from "../../src/ui/state/jobs";

function timed(job: Record<string, unknown>) {
  const read = readDelta({ revision: 1, since: 0, jobs: [job] })?.jobs[0];
  if (!read) throw new Error("not a job");
  return { job: read, receivedAt: 1000 };
}

describe("the times of a job", () => {
  it("continue from the snapshot while it runs", () => {
    expect(elapsedNow(timed(runningJob({ elapsed: 10 })), 4000)).toBe(13);
  });

  it("stop once it is done", () => {
    expect(elapsedNow(timed(videoJob({ elapsed: 10 })), 4000)).toBe(10);
  });

  it("have no remaining time without an estimate", () => {
    const job = timed(runningJob({ remaining: null }));
    expect(remainingNow(job, 4000)).toBeNull();
    expect(progressNow(job, 4000)).toBeNull();
  });

  it("never reach the end before the job does", () => {
    const job = timed(runningJob({ elapsed: 500, remaining: 1 }));
    expect(progressNow(job, 60_000)).toBeLessThan(1);
    expect(remainingNow(job, 60_000)).toBeLessThan(0);
  });
});
