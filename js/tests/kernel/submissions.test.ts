import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeKernel } from "../../pages/fake_kernel";
import { createConnection } from "../../src/ui/kernel/connection";
import { createLookups } from "../../src/ui/kernel/lookups";
import { createRequests } from "../../src/ui/kernel/requests";
import { createSubmissions } from "../../src/ui/kernel/submissions";
import { readMessage } from "../../src/ui/protocol/messages";

function open() {
  const kernel = new FakeKernel();
  const connection = createConnection();
  const requests = createRequests(kernel.host());
  return {
    kernel,
    connection,
    requests,
    submissions: createSubmissions(requests, connection),
    lookups: createLookups(requests, connection),
  };
}
const UPSCALE = { type: "upscale", job_id: "job", index: 1 } as const;

beforeEach(() => {
  vi.useFakeTimers();
});

describe("a submission", () => {
  it("is open until its own outcome arrives", () => {
    const { kernel, submissions } = open();
    const click = submissions.send(UPSCALE);
    expect(kernel.sent).toEqual([{ ...UPSCALE, click }]);
    expect(submissions.receive("another", true)).toBe(false);
    expect(submissions.receive(null, true)).toBe(false);
    expect(submissions.open.value?.id).toBe(click);
    expect(submissions.receive(click, true)).toBe(true);
    expect(submissions.open.value).toBeNull();
  });

  it("is never sent again automatically, and by hand only under the same id", async () => {
    const { kernel, submissions } = open();
    const click = submissions.send(UPSCALE);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(kernel.sent).toHaveLength(1);
    submissions.resend();
    expect(kernel.sent.map((message) => message.click)).toEqual([click, click]);
    submissions.receive(click, true);
    submissions.resend();
    expect(kernel.sent).toHaveLength(2);
    expect(submissions.send(UPSCALE)).not.toBe(click);
  });

  it("is unanswered until the kernel acknowledges it", async () => {
    const { connection, submissions } = open();
    const click = submissions.send(UPSCALE);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(submissions.open.value?.state).toBe("unanswered");
    expect(connection.state.value).toBe("slow");
    submissions.resend();
    expect(submissions.open.value?.state).toBe("sent");
    submissions.receive(click, false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(submissions.open.value?.state).toBe("sent");
  });
});

describe("a lookup", () => {
  it("shows the newest one's outcome only", async () => {
    const { requests, lookups } = open();
    const answer = async (job_id: string, error: unknown) => {
      const message = readMessage({ type: "looked_up", job_id, error });
      if (message) requests.receive(message, []);
      await vi.advanceTimersByTimeAsync(0);
    };
    lookups.start("one");
    lookups.start("two");
    await answer("one", { text: "no such job" });
    expect(lookups.last.value).toMatchObject({ jobId: "two", state: "running" });
    await answer("two", null);
    expect(lookups.last.value).toMatchObject({ jobId: "two", state: "found" });
    lookups.start("three");
    await answer("three", { text: "no such job" });
    expect(lookups.last.value).toMatchObject({ state: "failed", error: { text: "no such job" } });
  });
});

describe("the connection", () => {
  it("is slow after silence, ok with any message, and lost until one arrives", async () => {
    const { connection } = open();
    connection.expectAnswer();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(connection.state.value).toBe("slow");
    connection.seen();
    expect(connection.state.value).toBe("ok");
    connection.lost();
    connection.slow();
    expect([connection.state.value, connection.alive.value]).toEqual(["lost", false]);
    connection.seen();
    expect([connection.state.value, connection.alive.value]).toEqual(["ok", true]);
  });
});
