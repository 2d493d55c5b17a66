import { RequestError, type Requests, type RetryPolicy } from "../kernel/requests";
import type { ChunkedKind, MediaMessage } from "../protocol/generated";
import type { FromKernel } from "../protocol/messages";
import { newId } from "../state/ids";

export interface FetchProgress {
  /** 0 to 1. */
  part: number;
  /** The kernel has not responded for a while; it may be busy with a cell. */
  waiting: boolean;
}

export interface FetchOptions {
  signal: AbortSignal;
  /** Goes before files that are merely near the viewport. */
  urgent: boolean;
  onProgress?: (progress: FetchProgress) => void;
}

/** A file that the kernel can send: of a job, or an example of the sandbox. */
export interface FileRef {
  kind: ChunkedKind;
  index: number;
}

/** Fetches files through the kernel, one chunk after the other and few files at a time. */
export interface ChunkFetcher {
  /** @throws RequestError The kernel has no such file, or the transfer failed or was aborted. */
  fetch(jobId: string, file: FileRef, options: FetchOptions): Promise<Blob>;
}

interface Waiting {
  urgent: boolean;
  start(): void;
}

const AT_ONCE = 2;
/** A cell may hold the kernel for minutes, and asking more often would only queue more work. */
const RETRY: RetryPolicy = { attempts: 4, timeoutMs: 60_000, pauseMs: 1_000 };

export function createChunkFetcher(requests: Requests): ChunkFetcher {
  const waiting: Waiting[] = [];
  let running = 0;

  function startNext() {
    while (running < AT_ONCE) {
      const urgent = waiting.findIndex((each) => each.urgent);
      const next = waiting.splice(Math.max(0, urgent), 1)[0];
      if (!next) return;
      running += 1;
      next.start();
    }
  }

  /** Wait for one of the places; it must be given back by `leave`. */
  function enter({ urgent, signal }: FetchOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const place: Waiting = { urgent, start: resolve };
      const abort = () => {
        const at = waiting.indexOf(place);
        if (at >= 0) waiting.splice(at, 1);
        reject(new RequestError("aborted"));
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      waiting.push(place);
      startNext();
    });
  }

  function leave() {
    running -= 1;
    startNext();
  }

  return {
    async fetch(jobId, file, options) {
      await enter(options);
      try {
        return await transfer(requests, jobId, file, options);
      } finally {
        leave();
      }
    },
  };
}

async function transfer(
  requests: Requests,
  jobId: string,
  { kind, index }: FileRef,
  { signal, onProgress }: FetchOptions,
): Promise<Blob> {
  const pull = newId();
  const parts: ArrayBuffer[] = [];
  let last: MediaMessage;
  do {
    const chunk = parts.length;
    const part = () => (parts.length > 0 ? parts.length / last.chunks : 0);
    const { message, buffers } = await requests.send<MediaMessage>(
      () => ({ type: "media", pull, job_id: jobId, media: kind, index, chunk }),
      {
        id: pull,
        signal,
        retry: RETRY,
        // The late answer to an attempt that timed out may come twice.
        accept: (answer): answer is MediaMessage => isChunk(answer, chunk),
        onSlow: () => onProgress?.({ part: part(), waiting: true }),
      },
    );
    last = message;
    parts.push(copyOf(buffers[0]));
    onProgress?.({ part: part(), waiting: false });
  } while (parts.length < last.chunks);
  const blob = new Blob(parts, { type: last.mime });
  if (last.bytes > 0 && blob.size !== last.bytes) throw new RequestError("incomplete");
  return blob;
}

const isChunk = (message: FromKernel, chunk: number): message is MediaMessage =>
  message.type === "media" && "chunk" in message && message.chunk === chunk;

/** A copy of the bytes: the view may be a window on a whole message, which would stay in memory. */
function copyOf(view: DataView | undefined): ArrayBuffer {
  if (!view) return new ArrayBuffer(0);
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer;
}
