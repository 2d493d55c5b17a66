import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Host } from "./host";
import { createAsking } from "./kernel/asking";
import { type ConnectionState, createConnection } from "./kernel/connection";
import { createLookups, type Lookup } from "./kernel/lookups";
import { createRequests } from "./kernel/requests";
import { createSubmissions, type OpenClick } from "./kernel/submissions";
import { type BlobCache, createBlobCache } from "./media/blob_cache";
import { createChunkFetcher } from "./media/chunk_fetcher";
import type {
  Account,
  Batch,
  Chosen,
  Config,
  DescribedMessage,
  ExportedMessage,
  LocalizedMessage,
  PackedMessage,
  Selection,
  Service,
  Submission,
} from "./protocol/generated";
import { readMessage } from "./protocol/messages";
import { readTraits } from "./protocol/traits";
import { type BatchDraft, createBatchDraft } from "./state/batch_draft";
import { type Cost, costOf, kindOf } from "./state/cost";
import { createDrafts, type Drafts } from "./state/drafts";
import { newId } from "./state/ids";
import { createJobStore, type JobStore, type Marks } from "./state/jobs";
import { createPages, type Pages } from "./state/pages";
import { createRepeats } from "./state/repeats";
import { findProblems, type Problems, type Rules } from "./values/problems";

/**
 * All that the views of one widget share: the inputs, the jobs, what was sent and what came back.
 * What is only looked at (scroll position, the open clip) belongs to a view and is not here.
 */
export interface Session {
  readonly drafts: Drafts;
  readonly batchDraft: BatchDraft;
  readonly jobs: JobStore;
  readonly pages: Pages;
  readonly blobs: BlobCache;
  readonly config: ReadonlySignal<Config>;
  readonly service: ReadonlySignal<Service>;
  /** Thumbnails of the service's examples, by their index: they came with the code. */
  readonly samples: readonly string[];
  readonly account: ReadonlySignal<Account>;
  readonly batch: ReadonlySignal<Batch | null>;
  readonly busy: ReadonlySignal<boolean>;
  readonly submission: ReadonlySignal<Submission | null>;
  readonly selected: ReadonlySignal<Selection | null>;
  readonly connection: ReadonlySignal<ConnectionState>;
  /** False once the kernel is lost. */
  readonly alive: ReadonlySignal<boolean>;
  /** The click whose outcome is not known yet. */
  readonly click: ReadonlySignal<OpenClick | null>;
  /** What limits the inputs. */
  readonly rules: ReadonlySignal<Rules>;
  readonly problems: ReadonlySignal<Problems>;
  /** What the inputs as they stand would cost. */
  readonly cost: ReadonlySignal<Cost>;
  readonly lookup: ReadonlySignal<Lookup | null>;
  /** True while one request is on its way: no other may be sent. */
  readonly sending: ReadonlySignal<boolean>;
  submit(): boolean;
  /** Whether the inputs as they stand were sent a moment ago, or their job still runs. */
  isRepeat(): boolean;
  submitMany(prompts: readonly string[]): boolean;
  stopBatch(): void;
  /** Make the next step from a clip; returns the id of the click, or null if nothing was sent. */
  extend(clip: Selection, prompt: string): string | null;
  upscale(clip: Selection): string | null;
  /** Send the open click again, under the same id: the kernel takes it once. */
  resendClick(): void;
  select(selection: Selection | null): void;
  refresh(jobId: string): void;
  lookUpJob(jobId: string): void;
  /** Fill the form with everything that a job was made with. */
  reuse(jobId: string): void;
  /** Star a clip, or with `index` null all clips of a job. */
  favourite(jobId: string, on: boolean, index: number | null): void;
  annotate(jobId: string, note: string, index: number): void;
  /** Hide clips, or show them again; returns what undoes that. */
  hide(clips: readonly Chosen[], on: boolean): () => void;
  /** Delete clips from the library; returns what undoes that, for a while. */
  remove(clips: readonly Chosen[]): () => void;
  /** Have a zip file of clips made; it is fetched as a file of the job `ask`. */
  pack(clips: readonly Chosen[]): Promise<PackedMessage>;
  exportClips(clips: readonly Chosen[]): Promise<ExportedMessage>;
  dismiss(jobId: string): void;
  describe(prompts: readonly string[] | null): Promise<DescribedMessage>;
  /** Hand over an API key, once; resolves with what is wrong with it. It is stored nowhere here. */
  saveKey(key: string): Promise<LocalizedMessage | null>;
  requestBalance(): void;
  /** Request all jobs, once: the trait that a view begins with holds the last change only. */
  requestJobs(): void;
  /** Report that a view opened or closed. */
  reportView(view: string, open: boolean): void;
  dispose(): void;
}

export function createSession(host: Host, samples: readonly string[] = []): Session {
  const { live, stop, ...traits } = readTraits(host);
  const { account, batch, busy, config, selected, submission } = traits;
  const drafts = createDrafts(host);
  const batchDraft = createBatchDraft(drafts);
  const jobs = createJobStore();
  const connection = createConnection();
  const requests = createRequests(host);
  const submissions = createSubmissions(requests, connection);
  const lookups = createLookups(requests, connection);
  const blobs = createBlobCache(createChunkFetcher(requests));

  const rules = computed<Rules>(() => ({
    limits: config.value.limits,
    privateUrls: traits.service.value.private_urls,
  }));
  const problems = computed(() =>
    (batchDraft.on.value ? batchDraft.problems : findProblems)(drafts.all(), rules.value),
  );
  const sending = computed(() => busy.value || submissions.open.value !== null);
  const cost = computed(() => {
    const count = batchDraft.on.value ? batchDraft.expansion.value.total : 1;
    return costOf(account.value, kindOf({ source: drafts.field("source").value }), count);
  });
  const repeats = createRepeats((jobId) => jobs.get(jobId)?.done === false);
  const pages = createPages(
    (query, before) => requests.ask((ask) => ({ type: "page", ask, before, ...query }), "paged"),
    (found) => jobs.add(found, performance.now()),
  );
  let synced = false;

  function sync() {
    synced = true;
    host.send({ type: "sync", since: since() });
    connection.expectAnswer();
  }

  const since = () => Math.max(0, jobs.state.peek().revision);
  const expecting = computed(
    () => connection.alive.value && (sending.value || jobs.running.value || isBatchRunning()),
  );
  const isBatchRunning = () => batch.value?.state === "running";
  // Not as `sync`: a busy kernel that sends news all the same is not slow.
  const asking = createAsking(expecting, () => host.send({ type: "sync", since: since() }));
  const heard = () => {
    connection.seen();
    asking.heard();
  };

  const isLost = () => connection.state.peek() === "lost";

  const stops = [
    stop,
    effect(() => {
      const delta = live.value;
      if (isLost()) connection.seen();
      asking.heard();
      if (delta && !jobs.take(delta, performance.now())) sync();
    }),
    effect(() => {
      const outcome = submission.value;
      repeats.receive(outcome);
      const final = outcome?.phase !== "sending";
      if (outcome && submissions.receive(outcome.click, final)) heard();
    }),
    effect(() => {
      const started = batch.value;
      if (started && submissions.receive(started.click, true)) heard();
    }),
    effect(() => {
      if (busy.value) heard();
    }),
    host.onMessage((raw, buffers) => {
      const message = readMessage(raw);
      if (!message) return;
      heard();
      if (message.type === "jobs") jobs.take(message, performance.now());
      else requests.receive(message, buffers);
    }),
    host.onDisconnect(() => {
      if (isLost()) return;
      connection.lost();
      // It may come back: an answer to this puts everything right.
      sync();
    }),
  ];

  const cannotSend = () => sending.peek() || isLost();

  function stepAllowed(kind: string): boolean {
    return !cannotSend() && !costOf(account.peek(), kind, 1).overBudget;
  }

  const markAll = (clips: readonly Chosen[], marks: Marks) => {
    for (const { job_id, index } of clips) jobs.mark(job_id, index, marks);
  };

  function hide(clips: readonly Chosen[], on: boolean) {
    markAll(clips, { hidden: on });
    host.send({ type: "hide", clips: [...clips], on });
  }

  return {
    drafts,
    batchDraft,
    jobs,
    pages,
    blobs,
    samples,
    ...traits,
    connection: connection.state,
    alive: connection.alive,
    click: submissions.open,
    rules,
    problems,
    cost,
    lookup: lookups.last,
    sending,
    submit() {
      drafts.flush();
      if (cannotSend() || cost.peek().overBudget) return false;
      if (Object.keys(problems.peek()).length > 0) return false;
      const inputs = drafts.all();
      repeats.note(inputs, submissions.send({ type: "submit", inputs }), performance.now());
      return true;
    },
    isRepeat: () => repeats.has(drafts.all(), performance.now()),
    submitMany(prompts) {
      drafts.flush();
      if (cannotSend() || cost.peek().overBudget || prompts.length === 0) return false;
      if (batch.peek()?.state === "running") return false;
      submissions.send({ type: "submit_many", inputs: drafts.all(), prompts });
      return true;
    },
    stopBatch: () => host.send({ type: "stop_batch" }),
    extend({ job_id, index }, prompt) {
      if (!stepAllowed("extend_video")) return null;
      return submissions.send({ type: "extend", job_id, index, prompt: prompt.trim() });
    },
    upscale({ job_id, index }) {
      if (!stepAllowed("video_upscale")) return null;
      return submissions.send({ type: "upscale", job_id, index });
    },
    resendClick: submissions.resend,
    select(selection) {
      const current = selected.peek();
      if (current?.job_id === selection?.job_id && current?.index === selection?.index) return;
      selected.value = selection;
      host.set("_selected", selection);
      host.save();
    },
    refresh: (jobId) => host.send({ type: "refresh", job_id: jobId }),
    lookUpJob: lookups.start,
    reuse(jobId) {
      batchDraft.turn(false);
      host.send({ type: "reuse", job_id: jobId });
    },
    favourite(jobId, on, index) {
      jobs.mark(jobId, index, { favourite: on });
      host.send({ type: "favourite", job_id: jobId, index, on });
    },
    annotate(jobId, note, index) {
      jobs.mark(jobId, index, { note });
      host.send({ type: "annotate", job_id: jobId, index, note });
    },
    hide: (clips, on) => {
      hide(clips, on);
      return () => hide(clips, !on);
    },
    remove(clips) {
      const undo = newId();
      markAll(clips, { hidden: true });
      host.send({ type: "delete", undo, clips: [...clips] });
      return () => host.send({ type: "undo", undo });
    },
    pack: (clips) => requests.ask((ask) => ({ type: "pack", ask, clips: [...clips] }), "packed"),
    exportClips: (clips) =>
      requests.ask((ask) => ({ type: "export", ask, clips: [...clips] }), "exported"),
    dismiss(jobId) {
      jobs.mark(jobId, null, { hidden: true });
      host.send({ type: "dismiss", job_id: jobId });
    },
    describe(prompts) {
      const inputs = drafts.all();
      return requests.ask((ask) => ({ type: "describe", ask, inputs, prompts }), "described");
    },
    async saveKey(key) {
      const { error } = await requests.ask((ask) => ({ type: "save_key", ask, key }), "key_saved");
      if (error !== null) return error;
      // From here on it is another account: nothing of the one before may stay.
      selected.value = null;
      jobs.clear();
      pages.restart();
      sync();
      return null;
    },
    requestBalance: () => host.send({ type: "balance" }),
    requestJobs() {
      if (!synced) sync();
    },
    reportView(view, open) {
      if (!isLost()) host.send({ type: "view", view, open });
    },
    dispose() {
      asking.dispose();
      connection.dispose();
      drafts.dispose();
      for (const stop of stops) stop();
      requests.dispose();
      blobs.dispose();
    },
  };
}
