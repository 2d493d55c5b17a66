import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeKernel } from "../../pages/fake_kernel";
import { createRequests } from "../../src/ui/kernel/requests";
import { readMessage } from "../../src/ui/protocol/messages";

function open() {
  const kernel = new FakeKernel();
  const requests = createRequests(kernel.host());
  const receive = (message: Record<string, unknown>) => {
    const read = readMessage(message);
    if (read) requests.receive(read, []);
  };
  const ask = () => requests.ask((ask) => ({ type: "save_key", ask, key: "k" }), "key_saved");
  return { kernel, requests, receive, ask };
}

describe("requests to the kernel", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it("each get the response with their id, in any order", async () => {
    const { kernel, receive, ask } = open();
    const [first, second] = [ask(), ask()];
    const [one, two] = kernel.sent.map((message) => message.ask);
    receive({ type: "key_saved", ask: two, error: { text: "two" } });
    receive({ type: "key_saved", ask: one, error: { text: "one" } });
    expect((await first).error?.text).toBe("one");
    expect((await second).error?.text).toBe("two");
  });

  it("accept no response of another type, and none twice", async () => {
    const { kernel, receive, ask } = open();
    const asked = ask();
    const id = kernel.sent[0]?.ask;
    receive({ type: "paged", ask: id, jobs: [] });
    receive({ type: "key_saved", ask: "another", error: { text: "no" } });
    receive({ type: "key_saved", ask: id, error: null });
    receive({ type: "key_saved", ask: id, error: { text: "late" } });
    expect((await asked).error).toBeNull();
  });

  it("wait forever without a retry policy, and report once that they are slow", async () => {
    const { kernel, requests } = open();
    const onSlow = vi.fn();
    void requests.send(() => ({ type: "balance" }), { onSlow });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(kernel.sent).toHaveLength(1);
    expect(onSlow).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are not slow once the kernel has acknowledged them", async () => {
    const { requests } = open();
    const onSlow = vi.fn();
    void requests.send(() => ({ type: "balance" }), { id: "one", onSlow });
    requests.acknowledge("one");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onSlow).not.toHaveBeenCalled();
  });

  it("are sent again under the same id, and not after they are settled", () => {
    const { kernel, requests } = open();
    void requests.send((id) => ({ type: "refresh", job_id: id }), { id: "one" });
    requests.resend("one");
    requests.settle("one");
    requests.resend("one");
    expect(kernel.sent).toEqual([
      { type: "refresh", job_id: "one" },
      { type: "refresh", job_id: "one" },
    ]);
  });

  it("end with their signal and with the session", async () => {
    const { requests, ask } = open();
    const controller = new AbortController();
    const { signal } = controller;
    const sent = requests.send(() => ({ type: "balance" }), { signal });
    const asked = ask();
    controller.abort();
    await expect(sent).rejects.toThrow("aborted");
    requests.dispose();
    await expect(asked).rejects.toThrow("aborted");
    await expect(requests.send(() => ({ type: "balance" }), { signal })).rejects.toThrow("aborted");
  });
});
