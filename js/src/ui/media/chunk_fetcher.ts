import type { Host } from "../host";
import type { PulledKind } from "../protocol/contract";
import type { KernelMessage } from "../protocol/messages";

export interface PullProgress {
  /** 0 to 1. */
  part: number;
  /** The kernel has not answered for a while; it may be busy with a cell. */
  waiting: boolean;
}

export interface PullOptions {
  signal: AbortSignal;
  /** What a person is looking at goes before what is merely near. */
  urgent: boolean;
  onProgress?: (progress: PullProgress) => void;
}

/** Which bytes of a job. */
export interface Pulled {
  kind: PulledKind;
  index: number;
}

export class PullError extends Error {}

interface Pull {
  id: string;
  jobId: string;
  media: Pulled;
  options: PullOptions;
  parts: (Uint8Array<ArrayBuffer> | undefined)[];
  chunks: number;
  tries: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  resolve: (blob: Blob) => void;
  reject: (error: unknown) => void;
}

const AT_ONCE = 2;
const BUSY_AFTER_MS = 8_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 1_000;
/** A cell may hold the kernel for minutes, and asking more often would only queue more work. */
const PATIENCE_MS = 60_000;

export interface Puller {
  pull(jobId: string, media: Pulled, options: PullOptions): Promise<Blob>;
  take(message: KernelMessage, buffers: readonly DataView[]): void;
  dispose(): void;
}

/** Fetches bytes through the kernel, one chunk after the other and few clips at a time. */
export function createPuller(host: Host, newId: () => string): Puller {
  const waiting: Pull[] = [];
  const running = new Map<string, Pull>();

  function next() {
    while (running.size < AT_ONCE) {
      const urgent = waiting.findIndex((pull) => pull.options.urgent);
      const pull = waiting.splice(Math.max(0, urgent), 1)[0];
      if (!pull) return;
      running.set(pull.id, pull);
      ask(pull);
    }
  }

  function ask(pull: Pull) {
    const chunk = pull.parts.indexOf(undefined);
    host.send({
      type: "media",
      pull: pull.id,
      job_id: pull.jobId,
      media: pull.media.kind,
      index: pull.media.index,
      chunk: chunk < 0 ? pull.parts.length : chunk,
    });
    clearTimeout(pull.timer);
    pull.timer = setTimeout(() => {
      tell(pull, true);
      pull.timer = setTimeout(() => again(pull, "timeout"), PATIENCE_MS - BUSY_AFTER_MS);
    }, BUSY_AFTER_MS);
  }

  function again(pull: Pull, why: string) {
    pull.tries += 1;
    clearTimeout(pull.timer);
    if (pull.tries >= TRIES) end(pull, () => pull.reject(new PullError(why)));
    else if (why === "timeout") ask(pull);
    else pull.timer = setTimeout(() => ask(pull), FIRST_PAUSE_MS * 2 ** (pull.tries - 1));
  }

  function tell(pull: Pull, isWaiting: boolean) {
    const have = pull.parts.filter(Boolean).length;
    const part = pull.chunks > 0 ? have / pull.chunks : 0;
    pull.options.onProgress?.({ part, waiting: isWaiting });
  }

  function end(pull: Pull, settle: () => void) {
    clearTimeout(pull.timer);
    running.delete(pull.id);
    const queued = waiting.indexOf(pull);
    if (queued >= 0) waiting.splice(queued, 1);
    settle();
    next();
  }

  function takeChunk(
    pull: Pull,
    message: Extract<KernelMessage, { type: "media" }>,
    view: DataView | undefined,
  ) {
    if (!view || pull.parts[message.chunk] !== undefined) return;
    // A copy: the view may be a window on a whole message, which would stay in memory with it.
    pull.parts[message.chunk] = new Uint8Array(
      view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer,
    );
    pull.chunks = message.chunks;
    pull.tries = 0;
    tell(pull, false);
    const parts = Array.from({ length: message.chunks }, (_, chunk) => pull.parts[chunk]);
    const whole = parts.filter((part) => part !== undefined);
    pull.parts = parts;
    if (whole.length < message.chunks) return ask(pull);
    const blob = new Blob(whole, { type: message.mime });
    if (message.bytes > 0 && blob.size !== message.bytes) {
      return end(pull, () => pull.reject(new PullError("incomplete")));
    }
    end(pull, () => pull.resolve(blob));
  }

  return {
    pull(jobId, media, options) {
      return new Promise<Blob>((resolve, reject) => {
        const pull: Pull = {
          id: newId(),
          jobId,
          media,
          options,
          parts: [],
          chunks: 0,
          tries: 0,
          timer: undefined,
          resolve,
          reject,
        };
        const abort = () => end(pull, () => reject(new PullError("aborted")));
        if (options.signal.aborted) return abort();
        options.signal.addEventListener("abort", abort, { once: true });
        waiting.push(pull);
        next();
      });
    },
    take(message, buffers) {
      if (message.type !== "media" && message.type !== "media_error") return;
      const pull = running.get(message.pull);
      if (!pull) return;
      if (message.type === "media") takeChunk(pull, message, buffers[0]);
      else if (message.retry) again(pull, message.message);
      else end(pull, () => pull.reject(new PullError(message.message)));
    },
    dispose() {
      for (const pull of [...waiting, ...running.values()]) {
        clearTimeout(pull.timer);
        pull.reject(new PullError("aborted"));
      }
      waiting.length = 0;
      running.clear();
    },
  };
}
