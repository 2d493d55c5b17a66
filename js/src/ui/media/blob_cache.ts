import type { Pulled, Puller, PullOptions } from "./chunk_fetcher";

interface Kept {
  blob: Blob;
  url: string;
  users: number;
  lastUsed: number;
}

export interface BlobLease {
  url: string;
  blob: Blob;
  release(): void;
}

export interface BlobShelf {
  /** The clip's bytes as an object URL that is good until released; pulled when not at hand. */
  borrow(jobId: string, media: Pulled, options: PullOptions): Promise<BlobLease>;
  dispose(): void;
}

/** Bytes that nobody looks at any more stay this long within reach, then are let go. */
const IDLE_BYTES = 48 * 1024 * 1024;

export function createBlobShelf(puller: Puller): BlobShelf {
  const kept = new Map<string, Kept>();
  let clock = 0;
  let disposed = false;

  function lease(key: string, entry: Kept): BlobLease {
    entry.users += 1;
    let released = false;
    return {
      url: entry.url,
      blob: entry.blob,
      release() {
        if (released) return;
        released = true;
        entry.users -= 1;
        clock += 1;
        entry.lastUsed = clock;
        if (disposed) drop(key, entry);
        else trim();
      },
    };
  }

  function drop(key: string, entry: Kept) {
    URL.revokeObjectURL(entry.url);
    kept.delete(key);
  }

  function trim() {
    const idle = [...kept].filter(([, entry]) => entry.users === 0);
    idle.sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    let bytes = idle.reduce((sum, [, entry]) => sum + entry.blob.size, 0);
    for (const [key, entry] of idle) {
      if (bytes <= IDLE_BYTES) return;
      bytes -= entry.blob.size;
      drop(key, entry);
    }
  }

  return {
    async borrow(jobId, media, options) {
      const key = `${jobId}/${media.kind}/${media.index}`;
      const known = kept.get(key);
      if (known) return lease(key, known);
      const blob = await puller.pull(jobId, media, options);
      // Another view may have fetched the same clip meanwhile.
      const entry = kept.get(key) ?? {
        blob,
        url: URL.createObjectURL(blob),
        users: 0,
        lastUsed: 0,
      };
      kept.set(key, entry);
      return lease(key, entry);
    },
    dispose() {
      disposed = true;
      for (const [key, entry] of kept) drop(key, entry);
    },
  };
}
