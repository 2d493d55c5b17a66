import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeKernel } from "../../pages/fake_kernel";
import { createRequests } from "../../src/ui/kernel/requests";
import {
  createChunkFetcher,
  type FetchProgress,
  type FileRef,
} from "../../src/ui/media/chunk_fetcher";
import { readMessage } from "../../src/ui/protocol/messages";

const clip = (index: number): FileRef => ({ kind: "video", index });

function open() {
  const kernel = new FakeKernel();
  const requests = createRequests(kernel.host());
  const fetcher = createChunkFetcher(requests);
  /** Answers the latest request, or one of a file. */
  const reply = async (message: Record<string, unknown>, buffers: DataView[] = []) => {
    const pull = kernel.sent.at(-1)?.pull;
    const read = readMessage({ type: "media", pull, ...message });
    if (read) requests.receive(read, buffers);
    await vi.advanceTimersByTimeAsync(0);
  };
  const fetch = (index: number, more = {}) =>
    fetcher.fetch("job", clip(index), {
      signal: new AbortController().signal,
      urgent: false,
      ...more,
    });
  const requested = (name: string) => kernel.sent.map((message) => message[name]);
  const started = () => vi.advanceTimersByTimeAsync(0);
  return { kernel, fetch, reply, requested, started };
}

/** A view on a window of a larger buffer, as Jupyter hands bytes over. */
function windowOn(text: string): DataView {
  const bytes = new TextEncoder().encode(`xxxx${text}yyyy`);
  return new DataView(bytes.buffer, 4, text.length);
}

describe("fetching a clip through the kernel", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it("requests the chunks in order and joins their bytes", async () => {
    const { kernel, fetch, reply, requested, started } = open();
    const fetched = fetch(2);
    await started();
    const part = { chunks: 2, bytes: 10, mime: "video/mp4" };
    expect(kernel.sent).toHaveLength(1);
    await reply({ ...part, chunk: 0 }, [windowOn("hello")]);
    expect(requested("chunk")).toEqual([0, 1]);
    await reply({ ...part, chunk: 1 }, [windowOn("world")]);
    const blob = await fetched;
    expect(blob.type).toBe("video/mp4");
    expect(blob.size).toBe(10);
    expect(kernel.sent[0]).toMatchObject({ job_id: "job", media: "video", index: 2 });
    expect(new Set(requested("pull")).size).toBe(1);
  });

  it("fetches at most two clips at once, the urgent first", async () => {
    const { kernel, fetch, reply, requested, started } = open();
    for (const index of [0, 1, 2]) void fetch(index);
    void fetch(3, { urgent: true });
    await started();
    expect(requested("index")).toEqual([0, 1]);
    const whole = { chunk: 0, chunks: 1, bytes: 1, mime: "video/mp4" };
    await reply({ ...whole, pull: kernel.sent[0]?.pull }, [windowOn("x")]);
    expect(requested("index")).toEqual([0, 1, 3]);
  });

  it("reports a busy kernel before it requests again, and gives up in the end", async () => {
    const { kernel, fetch, started } = open();
    const progress: FetchProgress[] = [];
    const fetched = fetch(0, { onProgress: (now: FetchProgress) => progress.push(now) });
    const failed = expect(fetched).rejects.toThrow("timeout");
    await started();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(progress.at(-1)?.waiting).toBe(true);
    expect(kernel.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kernel.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(600_000);
    await failed;
    expect(kernel.sent).toHaveLength(4);
  });

  it("takes the late answer to an earlier attempt once", async () => {
    const { fetch, reply, requested, started } = open();
    const fetched = fetch(0);
    await started();
    await vi.advanceTimersByTimeAsync(61_000);
    const part = { chunks: 2, bytes: 4, mime: "video/mp4" };
    await reply({ ...part, chunk: 0 }, [windowOn("ab")]);
    await reply({ ...part, chunk: 0 }, [windowOn("ab")]);
    expect(requested("chunk")).toEqual([0, 0, 1]);
    await reply({ ...part, chunk: 1 }, [windowOn("cd")]);
    expect((await fetched).size).toBe(4);
  });

  it("retries after a temporary failure, with a pause", async () => {
    const { kernel, fetch, reply, started } = open();
    void fetch(0);
    await started();
    await reply({ error: { message: "cut off", retry: true } });
    expect(kernel.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kernel.sent).toHaveLength(2);
  });

  it("fails immediately when there is no such file", async () => {
    const { fetch, reply, started } = open();
    const failed = expect(fetch(0)).rejects.toThrow("no such clip");
    await started();
    await reply({ error: { message: "no such clip", retry: false } });
    await failed;
  });

  it("refuses bytes that are not as many as announced", async () => {
    const { fetch, reply, started } = open();
    const failed = expect(fetch(0)).rejects.toThrow("incomplete");
    await started();
    await reply({ chunk: 0, chunks: 1, bytes: 99, mime: "video/mp4" }, [windowOn("x")]);
    await failed;
  });

  it("frees its place when the clip is no longer wanted", async () => {
    const { fetch, requested, started } = open();
    const controller = new AbortController();
    const aborted = expect(fetch(0, { signal: controller.signal })).rejects.toThrow("aborted");
    void fetch(1);
    void fetch(2);
    await started();
    controller.abort();
    await aborted;
    await started();
    expect(requested("index")).toEqual([0, 1, 2]);
  });

  it("forgets a clip that is no longer wanted before its turn", async () => {
    const { fetch, reply, requested, started } = open();
    const controller = new AbortController();
    void fetch(0);
    void fetch(1);
    const aborted = expect(fetch(2, { signal: controller.signal })).rejects.toThrow("aborted");
    void fetch(3);
    await started();
    controller.abort();
    await aborted;
    await reply({ chunk: 0, chunks: 1, bytes: 1, mime: "video/mp4" }, [windowOn("x")]);
    expect(requested("index")).toEqual([0, 1, 3]);
  });
});
