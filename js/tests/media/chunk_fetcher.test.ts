import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeKernel } from "../../pages/fake_kernel";
import { createPuller, type Pulled, type PullProgress } from "../../src/ui/media/chunk_fetcher";
import { readMessage } from "../../src/ui/protocol/messages";

const clip = (index: number): Pulled => ({ kind: "video", index });

function open() {
  const kernel = new FakeKernel();
  let count = 0;
  const puller = createPuller(kernel.host(), () => {
    count += 1;
    return `pull-${count}`;
  });
  const reply = (message: Record<string, unknown>, buffers: DataView[] = []) => {
    const read = readMessage({ type: "media", ...message });
    if (read) puller.take(read, buffers);
  };
  const options = { signal: new AbortController().signal, urgent: false };
  return { kernel, puller, reply, options };
}

/** A view on a window of a larger buffer, as Jupyter hands bytes over. */
function windowOn(text: string): DataView {
  const bytes = new TextEncoder().encode(`xxxx${text}yyyy`);
  return new DataView(bytes.buffer, 4, text.length);
}

describe("pulling a clip through the kernel", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it("asks for one chunk after the other and puts the bytes together", async () => {
    const { kernel, puller, reply, options } = open();
    const pulled = puller.pull("job", clip(2), options);
    const part = { pull: "pull-1", chunks: 2, bytes: 10, mime: "video/mp4" };
    expect(kernel.sent).toHaveLength(1);
    reply({ ...part, chunk: 0 }, [windowOn("hello")]);
    expect(kernel.sent.map(({ chunk }) => chunk)).toEqual([0, 1]);
    reply({ ...part, chunk: 1 }, [windowOn("world")]);
    const blob = await pulled;
    expect(blob.type).toBe("video/mp4");
    expect(blob.size).toBe(10);
    expect(kernel.sent[0]).toMatchObject({ job_id: "job", media: "video", index: 2 });
  });

  it("pulls at most two clips at once, the urgent first", () => {
    const { kernel, puller, reply, options } = open();
    for (const index of [0, 1, 2]) void puller.pull("job", clip(index), options);
    void puller.pull("job", clip(3), { ...options, urgent: true });
    expect(kernel.sent.map(({ index }) => index)).toEqual([0, 1]);
    const whole = { pull: "pull-1", chunk: 0, chunks: 1, bytes: 1, mime: "video/mp4" };
    reply(whole, [windowOn("x")]);
    expect(kernel.sent.map(({ index }) => index)).toEqual([0, 1, 3]);
  });

  it("says that the kernel is busy before it asks again, and gives up in the end", async () => {
    const { kernel, puller, options } = open();
    const told: PullProgress[] = [];
    const pulled = puller.pull("job", clip(0), {
      ...options,
      onProgress: (progress) => told.push(progress),
    });
    const failed = expect(pulled).rejects.toThrow("timeout");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told.at(-1)?.waiting).toBe(true);
    expect(kernel.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kernel.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(600_000);
    await failed;
  });

  it("tries again after a passing failure, with a pause", async () => {
    const { kernel, puller, reply, options } = open();
    void puller.pull("job", clip(0), options);
    reply({ pull: "pull-1", error: { message: "cut off", retry: true } });
    expect(kernel.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kernel.sent).toHaveLength(2);
  });

  it("fails at once when it cannot be", async () => {
    const { puller, reply, options } = open();
    const pulled = puller.pull("job", clip(0), options);
    reply({ pull: "pull-1", error: { message: "no such clip", retry: false } });
    await expect(pulled).rejects.toThrow("no such clip");
  });

  it("refuses bytes that are not as many as announced", async () => {
    const { puller, reply, options } = open();
    const pulled = puller.pull("job", clip(0), options);
    const short = { pull: "pull-1", chunk: 0, chunks: 1, bytes: 99, mime: "video/mp4" };
    reply(short, [windowOn("x")]);
    await expect(pulled).rejects.toThrow("incomplete");
  });

  it("frees its place when nobody wants the clip any more", async () => {
    const { kernel, puller, options } = open();
    const controller = new AbortController();
    const left = puller.pull("job", clip(0), { ...options, signal: controller.signal });
    void puller.pull("job", clip(1), options);
    void puller.pull("job", clip(2), options);
    controller.abort();
    await expect(left).rejects.toThrow("aborted");
    expect(kernel.sent.map(({ index }) => index)).toEqual([0, 1, 2]);
  });
});
