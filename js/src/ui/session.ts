import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Host } from "./host";
import { type Connection, createListening } from "./kernel/connection";
import { createLookUps, type LookUp } from "./kernel/lookups";
import { createAsks } from "./kernel/requests";
import { type Click, createClicks } from "./kernel/submissions";
import { type BlobShelf, createBlobShelf } from "./media/blob_cache";
import { createPuller } from "./media/chunk_fetcher";
import type { Account, Batch } from "./protocol/account";
import type { Config, Selection, Service, Submission } from "./protocol/contract";
import { type Described, type KernelMessage, readMessage } from "./protocol/messages";
import type { Told } from "./protocol/told";
import { readTraits } from "./protocol/traits";
import { type BatchDraft, createBatchDraft } from "./state/batch_draft";
import { type Cost, costOf, kindOf } from "./state/cost";
import { createDrafts, type Drafts } from "./state/drafts";
import { newId } from "./state/ids";
import { createJobStore, type JobStore } from "./state/jobs";
import { createPages, type Pages } from "./state/pages";
import { findProblems, type Problems } from "./state/problems";

/**
 * All that the views of one studio share: the inputs, the jobs, what was sent and what came back.
 * What a person merely looks at (scroll, which clip plays) belongs to a view and is not here.
 */
export interface Session {
  readonly drafts: Drafts;
  readonly batchDraft: BatchDraft;
  readonly jobs: JobStore;
  readonly pages: Pages;
  readonly blobs: BlobShelf;
  readonly config: ReadonlySignal<Config>;
  readonly service: ReadonlySignal<Service>;
  readonly account: ReadonlySignal<Account>;
  readonly batch: ReadonlySignal<Batch | null>;
  readonly busy: ReadonlySignal<boolean>;
  readonly submission: ReadonlySignal<Submission | null>;
  readonly selected: ReadonlySignal<Selection | null>;
  readonly connection: ReadonlySignal<Connection>;
  /** False when nobody stands behind what is shown any more. */
  readonly alive: ReadonlySignal<boolean>;
  readonly click: ReadonlySignal<Click | null>;
  readonly problems: ReadonlySignal<Problems>;
  /** What the inputs as they stand would take. */
  readonly cost: ReadonlySignal<Cost>;
  readonly lookUp: ReadonlySignal<LookUp | null>;
  /** True when a request is on its way and no other may be sent. */
  readonly sending: ReadonlySignal<boolean>;
  submit(): boolean;
  submitMany(prompts: readonly string[]): boolean;
  stopBatch(): void;
  /** Makes the next step from a clip; the id of this click, or null when nothing was sent. */
  extend(clip: Selection, prompt: string): string | null;
  upscale(clip: Selection): string | null;
  /** Sends the same click again; the kernel takes each click once. */
  repeatClick(): void;
  select(selection: Selection | null): void;
  refresh(jobId: string): void;
  lookUpJob(jobId: string): void;
  /** Fills the form with all that a job was made with. */
  reuse(jobId: string): void;
  favourite(jobId: string, on: boolean): void;
  annotate(jobId: string, note: string): void;
  dismiss(jobId: string): void;
  describe(prompts: readonly string[] | null): Promise<Described>;
  /** Hands a key over, once; what is wrong with it, or null. It is kept nowhere here. */
  saveKey(key: string): Promise<Told | null>;
  askBalance(): void;
  /** Asks for all jobs, once: the values that a view begins with tell of the last change only. */
  hello(): void;
  /** Says that a view is open, or is no more. */
  tellOfView(view: string, open: boolean): void;
  dispose(): void;
}

export function createSession(host: Host): Session {
  const { live, stop, ...traits } = readTraits(host);
  const { account, batch, busy, config, selected, submission } = traits;
  const drafts = createDrafts(host);
  const batchDraft = createBatchDraft(drafts);
  const jobs = createJobStore();
  const asks = createAsks(host);
  const listening = createListening();
  const clicks = createClicks(host, listening);
  const lookUps = createLookUps(host, listening);
  const puller = createPuller(host, newId);
  const blobs = createBlobShelf(puller);

  const problems = computed(() =>
    batchDraft.on.value
      ? batchDraft.problems(drafts.all(), config.value)
      : findProblems(drafts.all(), config.value),
  );
  const sending = computed(() => busy.value || clicks.open.value !== null);
  const cost = computed(() => {
    const count = batchDraft.on.value ? batchDraft.expansion.value.total : 1;
    return costOf(account.value, kindOf({ source: drafts.field("source").value }), count);
  });
  const pages = createPages(
    async ({ search, favourite }, before) =>
      (await asks.ask({ type: "page", before, search, favourite }, "paged")).paged,
    (found) => jobs.add(found, performance.now()),
  );
  let syncAsked = false;

  function sync() {
    syncAsked = true;
    host.send({ type: "sync", since: Math.max(0, jobs.state.peek().revision) });
    listening.expectAnswer();
  }

  const gone = () => listening.state.peek() === "gone";

  const stops = [
    stop,
    effect(() => {
      const delta = live.value;
      if (gone()) listening.heard();
      if (delta && !jobs.take(delta, performance.now())) sync();
    }),
    effect(() => {
      const outcome = submission.value;
      if (!outcome || !clicks.isOpen(outcome.click)) return;
      listening.heard();
      if (outcome.phase !== "sending") clicks.settle();
    }),
    effect(() => {
      const running = batch.value;
      if (!running || !clicks.isOpen(running.click)) return;
      listening.heard();
      clicks.settle();
    }),
    effect(() => {
      if (busy.value) listening.heard();
    }),
    host.onMessage((raw, buffers) => {
      const message = readMessage(raw);
      if (!message) return;
      listening.heard();
      take(message, buffers);
    }),
    host.onDisconnect(() => {
      if (gone()) return;
      listening.lose();
      // Perhaps it comes back: ask once, and believe the silence.
      sync();
    }),
  ];

  function take(message: KernelMessage, buffers: readonly DataView[]) {
    if (message.type === "jobs") {
      jobs.take(message.delta, performance.now());
    } else if (message.type === "looked_up") {
      lookUps.take(message);
    } else {
      asks.take(message);
      puller.take(message, buffers);
    }
  }

  const impossible = () => sending.peek() || gone();

  function stepFrom(clip: Selection, type: "extend" | "upscale", more: object): string | null {
    const kind = type === "extend" ? "extend_video" : "video_upscale";
    if (impossible() || costOf(account.peek(), kind, 1).overBudget) return null;
    return clicks.send({ type, job_id: clip.job_id, index: clip.index, ...more });
  }

  return {
    drafts,
    batchDraft,
    jobs,
    pages,
    blobs,
    ...traits,
    connection: listening.state,
    alive: listening.alive,
    click: clicks.open,
    problems,
    cost,
    lookUp: lookUps.last,
    sending,
    submit() {
      drafts.flush();
      if (impossible() || cost.peek().overBudget) return false;
      if (Object.keys(problems.peek()).length > 0) return false;
      clicks.send({ type: "submit", inputs: drafts.all() });
      return true;
    },
    submitMany(prompts) {
      drafts.flush();
      if (impossible() || cost.peek().overBudget || prompts.length === 0) return false;
      if (batch.peek()?.state === "running") return false;
      clicks.send({ type: "submit_many", inputs: drafts.all(), prompts });
      return true;
    },
    stopBatch() {
      host.send({ type: "stop_batch" });
    },
    extend: (clip, prompt) => stepFrom(clip, "extend", { prompt: prompt.trim() }),
    upscale: (clip) => stepFrom(clip, "upscale", {}),
    repeatClick: clicks.repeat,
    select(selection) {
      const known = selected.peek();
      if (known?.job_id === selection?.job_id && known?.index === selection?.index) return;
      selected.value = selection;
      host.set("_selected", selection);
      host.save();
    },
    refresh(jobId) {
      host.send({ type: "refresh", job_id: jobId });
    },
    lookUpJob: lookUps.ask,
    reuse(jobId) {
      batchDraft.turn(false);
      host.send({ type: "reuse", job_id: jobId });
    },
    favourite(jobId, on) {
      jobs.mark(jobId, { favourite: on });
      host.send({ type: "favourite", job_id: jobId, on });
    },
    annotate(jobId, note) {
      jobs.mark(jobId, { note });
      host.send({ type: "annotate", job_id: jobId, note });
    },
    dismiss(jobId) {
      jobs.remove(jobId);
      host.send({ type: "dismiss", job_id: jobId });
    },
    async describe(prompts) {
      const question = { type: "describe", inputs: drafts.all(), prompts };
      return (await asks.ask(question, "described")).described;
    },
    async saveKey(key) {
      const { error } = await asks.ask({ type: "save_key", key }, "key_saved");
      if (error !== null) return error;
      // From here on it is another account: nothing of the one before may stay.
      selected.value = null;
      jobs.clear();
      pages.restart();
      sync();
      return null;
    },
    askBalance() {
      host.send({ type: "balance" });
    },
    hello() {
      if (!syncAsked) sync();
    },
    tellOfView(view, open) {
      if (!gone()) host.send({ type: "view", view, open });
    },
    dispose() {
      listening.dispose();
      drafts.dispose();
      for (const stop of stops) stop();
      puller.dispose();
      blobs.dispose();
    },
  };
}
