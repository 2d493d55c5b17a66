import { bag, kept, list, number, text } from "./decode";
import { readTold, type Told } from "./told";

/** What the kernel tells of points, of the library and of a batch under way. */

export interface Account {
  balance: number | null;
  low: boolean;
  budget: { limit: number; spent: number } | null;
  /** Points last seen for a kind of job. */
  costs: Readonly<Record<string, number>>;
  library: Library | null;
  /** Jobs of earlier sessions that still ran when the studio opened. */
  recalled: number;
}

export interface Library {
  path: string;
  bytes: number;
  keeps: boolean;
  /** What is wrong with it, each thing in a sentence of its own. */
  troubles: readonly Told[];
}

export interface Batch {
  click: string;
  total: number;
  sent: number;
  done: number;
  failed: number;
  state: "running" | "stopped" | "done";
  /** Why it stopped by itself: what the service said. */
  reason: Told | null;
}

export function readAccount(value: unknown): Account {
  const account = bag(value) ?? {};
  const budget = bag(account.budget);
  const limit = number(budget?.limit);
  const costs: Record<string, number> = {};
  for (const [kind, points] of Object.entries(bag(account.costs) ?? {})) {
    const cost = number(points);
    if (cost !== null) costs[kind] = cost;
  }
  return {
    balance: number(account.balance),
    low: account.low === true,
    budget: limit === null ? null : { limit, spent: number(budget?.spent) ?? 0 },
    costs,
    library: readLibrary(account.library),
    recalled: number(account.recalled) ?? 0,
  };
}

function readLibrary(value: unknown): Library | null {
  const library = bag(value);
  if (!library) return null;
  return {
    path: text(library.path),
    bytes: number(library.bytes) ?? 0,
    keeps: library.keeps === true,
    troubles: kept(list(library.troubles).map(readTold)),
  };
}

export function readBatch(value: unknown): Batch | null {
  const batch = bag(value);
  const total = number(batch?.total);
  if (!batch || total === null) return null;
  const { state } = batch;
  return {
    click: text(batch.click),
    total,
    sent: number(batch.sent) ?? 0,
    done: number(batch.done) ?? 0,
    failed: number(batch.failed) ?? 0,
    state: state === "running" || state === "stopped" ? state : "done",
    reason: readTold(batch.reason),
  };
}
