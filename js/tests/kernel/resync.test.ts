import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeKernel } from "../../pages/fake_kernel";
import { BARE, live, runningJob, videoJob } from "../../pages/fixtures";
import { RESYNC_AFTER_MS } from "../../src/ui/kernel/resync";
import { createSession } from "../../src/ui/session";

beforeEach(() => {
  vi.useFakeTimers();
});

function open(values: Record<string, unknown> = {}) {
  const kernel = new FakeKernel({ ...BARE, ...values });
  const session = createSession(kernel.host());
  const asked = () => kernel.sent.filter(({ type }) => type === "sync");
  return { kernel, session, asked };
}

const RUNNING = { _live: live([runningJob({ id: "j" })], 3) };
const ENDED = { _live: live([videoJob({ id: "j" })], 4) };
const NO_NEWS = { type: "jobs", since: 3, revision: 3, total: 1, jobs: [] };

describe("a page with a running job", () => {
  it("asks for news after some seconds of silence, from what it knows on", () => {
    const { asked } = open(RUNNING);
    vi.advanceTimersByTime(RESYNC_AFTER_MS - 1);
    expect(asked()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(asked()).toEqual([{ type: "sync", since: 3 }]);
  });

  it("waits anew after all that comes", () => {
    const { kernel, asked } = open(RUNNING);
    vi.advanceTimersByTime(RESYNC_AFTER_MS - 1);
    kernel.emit(NO_NEWS);
    vi.advanceTimersByTime(RESYNC_AFTER_MS - 1);
    expect(asked()).toEqual([]);
  });

  it("asks ever less often while no answer comes, and as before once one came", () => {
    const { kernel, asked } = open(RUNNING);
    vi.advanceTimersByTime(3_600_000);
    const inAnHour = asked().length;
    expect(inAnHour).toBeGreaterThan(40);
    expect(inAnHour).toBeLessThan(70);
    kernel.emit(NO_NEWS);
    vi.advanceTimersByTime(RESYNC_AFTER_MS);
    expect(asked()).toHaveLength(inAnHour + 1);
  });

  it("does not call a kernel slow that answers later", () => {
    const { session } = open(RUNNING);
    vi.advanceTimersByTime(60_000);
    expect(session.connection.value).toBe("ok");
  });

  it("asks no more once the job has ended, or the kernel is lost", () => {
    const { kernel, asked } = open(RUNNING);
    kernel.change(ENDED);
    vi.advanceTimersByTime(60_000);
    expect(asked()).toEqual([]);
    kernel.change({ _live: live([runningJob({ id: "k" })], 5) });
    kernel.disconnect();
    kernel.sent.length = 0;
    vi.advanceTimersByTime(60_000);
    expect(asked()).toEqual([]);
  });
});

describe("a page that opens while a cell keeps the kernel busy", () => {
  const late = { ...live([runningJob({ id: "j" })], 3), since: 2 };

  it("shows what comes although it missed what was before, and asks for that once", () => {
    const { kernel, session, asked } = open();
    kernel.change({ _live: late });
    kernel.change({ _live: { ...live([videoJob({ id: "j" })], 4), since: 3 } });
    expect(session.jobs.get("j")?.done).toBe(true);
    expect(asked()).toEqual([{ type: "sync", since: 0 }]);
  });

  it("has all jobs once the kernel answers", () => {
    const { kernel, session } = open();
    kernel.change({ _live: late });
    const all = live([videoJob({ id: "j" }), videoJob({ id: "before" })], 5);
    kernel.emit({ type: "jobs", ...all });
    expect(session.jobs.state.value.byId.size).toBe(2);
    expect(session.jobs.state.value.revision).toBe(5);
  });
});

describe("a page", () => {
  it("asks for nothing while nothing runs", () => {
    const { asked } = open();
    vi.advanceTimersByTime(600_000);
    expect(asked()).toEqual([]);
  });

  it("asks for the outcome of a request that is on its way", () => {
    const { asked } = open({ busy: true });
    vi.advanceTimersByTime(RESYNC_AFTER_MS);
    expect(asked()).toHaveLength(1);
  });

  it("stops to ask when the studio ends", () => {
    const { session, asked } = open(RUNNING);
    session.dispose();
    vi.advanceTimersByTime(600_000);
    expect(asked()).toEqual([]);
  });
});
