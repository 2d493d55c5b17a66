import type { ChunkFetcher, FetchOptions, FileRef } from "./chunk_fetcher";

interface Entry {
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

export interface BlobCache {
  /** The file as an object URL that is valid until released; fetched when it is not cached. */
  borrow(jobId: string, file: FileRef, options: FetchOptions): Promise<BlobLease>;
  dispose(): void;
}

/** Bytes that are kept for files that are not shown any more; the oldest go first. */
const IDLE_BYTES = 48 * 1024 * 1024;

export function createBlobCache(fetcher: ChunkFetcher): BlobCache {
  const entries = new Map<string, Entry>();
  let clock = 0;
  let disposed = false;

  function lease(key: string, entry: Entry): BlobLease {
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

  function drop(key: string, entry: Entry) {
    URL.revokeObjectURL(entry.url);
    entries.delete(key);
  }

  function trim() {
    const idle = [...entries].filter(([, entry]) => entry.users === 0);
    idle.sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    let bytes = idle.reduce((sum, [, entry]) => sum + entry.blob.size, 0);
    for (const [key, entry] of idle) {
      if (bytes <= IDLE_BYTES) return;
      bytes -= entry.blob.size;
      drop(key, entry);
    }
  }

  return {
    async borrow(jobId, file, options) {
      const key = `${jobId}/${file.kind}/${file.index}`;
      const cached = entries.get(key);
      if (cached) return lease(key, cached);
      const blob = await fetcher.fetch(jobId, file, options);
      // Another view may have fetched the same file meanwhile.
      const entry = entries.get(key) ?? {
        blob,
        url: URL.createObjectURL(blob),
        users: 0,
        lastUsed: 0,
      };
      entries.set(key, entry);
      return lease(key, entry);
    },
    dispose() {
      disposed = true;
      for (const [key, entry] of entries) drop(key, entry);
    },
  };
}
