import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Host } from "./host";
import { type Choices, createChoices } from "./kernel/choices";
import { type ConnectionState, createConnection } from "./kernel/connection";
import { createLookups, type Lookup } from "./kernel/lookups";
import { createRequests } from "./kernel/requests";
import { createResync, RESYNC_AFTER_MS } from "./kernel/resync";
import { createSubmissions, type OpenClick } from "./kernel/submissions";
import { type BlobCache, createBlobCache } from "./media/blob_cache";
import { createChunkFetcher } from "./media/chunk_fetcher";
import { createPictures, type Pictures } from "./media/pictures";
import type {
  Account,
  Batch,
  Config,
  Delta,
  DescribedMessage,
  LocalizedMessage,
  Selection,
  Service,
  Submission,
  Takes,
} from "./protocol/generated";
import { readMessage, type Step } from "./protocol/messages";
import { readTraits } from "./protocol/traits";
import { type BatchDraft, createBatchDraft } from "./state/batch_draft";
import { type Cost, costOf, kindOf, stepCost } from "./state/cost";
import { createDrafts, type Drafts } from "./state/drafts";
import { createJobStore, type JobStore } from "./state/jobs";
import { createPages, type Pages } from "./state/pages";
import { createRepeats, requestKey, stepKey } from "./state/repeats";
import { findProblems, type Problems, type Rules } from "./values/problems";

/**
 * All that the views of one widget share: the inputs, the jobs, what was sent and what came back.
 * What is only looked at (scroll position, the open clip) belongs to a view and is not here.
 */
export interface Session extends Choices {
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
  /**
   * Send what the form holds.
   *
   * @param takes What to do where the library has a job of the same request: by default the kernel
   *   sends nothing then, and `madeBefore` has its answer.
   */
  submit(takes?: Takes): boolean;
  /** The kernel's answer that it has jobs of what the form holds, and sent nothing; else null. */
  readonly madeBefore: ReadonlySignal<Submission | null>;
  /**
   * Whether the inputs as they stand, or a next step, were sent a moment ago, or their job still
   * runs, or it is unknown whether there is one.
   */
  isRepeat(step?: Step): boolean;
  submitMany(prompts: readonly string[], takes?: Takes): boolean;
  stopBatch(): void;
  /** Send what was not sent, or not accepted. */
  resumeBatch(): void;
  /** Show the batch no more, also in later sessions. */
  forgetBatch(): void;
  /**
   * Send the next step from a clip; `takes` as for `submit`.
   *
   * @returns The id of the click; null if nothing was sent.
   */
  sendStep(step: Step, takes?: Takes): string | null;
  /** Send the open click again, under the same id: the kernel takes it once. */
  resendClick(): void;
  select(selection: Selection | null): void;
  refresh(jobId: string): void;
  lookUpJob(jobId: string): void;
  /** Fill the form with everything that a job was made with. */
  reuse(jobId: string): void;
  dismiss(jobId: string): void;
  readonly pictures: Pictures;
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

/** The last click that asked for jobs. */
interface Asked {
  click: string;
  request: string;
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
  const asked = signal<Asked | null>(null);
  const madeBefore = computed(() => {
    const outcome = submission.value;
    const prompts = batchDraft.on.value ? batchDraft.expansion.value.prompts : null;
    const same = asked.value?.request === requestKey(drafts.all(), prompts);
    return outcome?.phase === "made_before" && outcome.click === asked.value?.click && same
      ? outcome
      : null;
  });
  const repeats = createRepeats((jobId) => jobs.get(jobId)?.done === false);
  const pages = createPages(
    (query, before) => requests.ask((ask) => ({ type: "page", ask, before, ...query }), "paged"),
    (found) => jobs.add(found, performance.now()),
  );
  const pictures = createPictures(requests);
  let synced = false;
  /** When it was last asked for jobs, without an answer since. */
  let syncedAt: number | null = null;

  function sync(from = since()) {
    synced = true;
    syncedAt = performance.now();
    host.send({ type: "sync", since: from });
    connection.expectAnswer();
  }

  /** Show what came although something before it is missing, and ask for that. */
  function catchUp(delta: Delta) {
    const now = performance.now();
    jobs.add(delta.jobs, now);
    // A kernel that a cell keeps busy answers when the cell ends: once is enough.
    if (syncedAt === null || now - syncedAt > RESYNC_AFTER_MS) sync();
  }

  function receiveJobs(delta: Delta) {
    syncedAt = null;
    jobs.take(delta, performance.now());
  }

  const since = () => Math.max(0, jobs.state.peek().revision);
  const expecting = computed(
    () => connection.alive.value && (sending.value || jobs.running.value || isBatchRunning()),
  );
  const isBatchRunning = () => batch.value?.state === "running";
  // Not as `sync`: a busy kernel that sends news all the same is not slow.
  const resync = createResync(expecting, () => host.send({ type: "sync", since: since() }));
  const markSeen = () => {
    connection.seen();
    resync.received();
  };

  const isLost = () => connection.state.peek() === "lost";

  const stops = [
    stop,
    effect(() => {
      const delta = live.value;
      if (isLost()) connection.seen();
      resync.received();
      if (delta && !jobs.take(delta, performance.now())) catchUp(delta);
    }),
    effect(() => {
      const outcome = submission.value;
      repeats.receive(outcome);
      const final = outcome?.phase !== "sending";
      if (outcome && submissions.receive(outcome.click, final)) markSeen();
    }),
    effect(() => {
      const started = batch.value;
      if (started && submissions.receive(started.click, true)) markSeen();
    }),
    effect(() => {
      if (busy.value) markSeen();
    }),
    host.onMessage((raw, buffers) => {
      const message = readMessage(raw);
      if (!message) return;
      markSeen();
      if (message.type === "jobs") receiveJobs(message);
      else if (message.type === "inputs") drafts.catchUp(message.values);
      else requests.receive(message, buffers);
    }),
    host.onDisconnect(() => {
      if (isLost()) return;
      connection.lost();
      // It may come back: an answer to this puts everything right.
      sync();
    }),
  ];

  // What is reused costs nothing.
  const maySend = ({ overBudget }: Cost, takes: Takes) =>
    !sending.peek() && !isLost() && (!overBudget || takes === "reuse");

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
    madeBefore,
    submit(takes = "ask") {
      drafts.flush();
      if (!maySend(cost.peek(), takes)) return false;
      if (Object.keys(problems.peek()).length > 0) return false;
      const inputs = drafts.all();
      const click = submissions.send({ type: "submit", inputs, takes });
      const request = requestKey(inputs, null);
      asked.value = { click, request };
      repeats.note(request, click, performance.now());
      return true;
    },
    isRepeat(step) {
      const key = step ? stepKey(step) : requestKey(drafts.all(), null);
      return repeats.has(key, performance.now());
    },
    submitMany(prompts, takes = "ask") {
      drafts.flush();
      if (prompts.length === 0 || !maySend(cost.peek(), takes)) return false;
      const inputs = drafts.all();
      const click = submissions.send({ type: "submit_many", inputs, prompts, takes });
      asked.value = { click, request: requestKey(inputs, prompts) };
      return true;
    },
    stopBatch: () => host.send({ type: "stop_batch" }),
    resumeBatch: () => host.send({ type: "resume_batch" }),
    forgetBatch() {
      const last = batch.peek();
      if (last) host.send({ type: "forget_batch", batch: last.click });
    },
    sendStep(step, takes = "ask") {
      if (!maySend(stepCost(account.peek(), step), takes)) return null;
      const click = submissions.send({ ...step, takes });
      repeats.note(stepKey(step), click, performance.now());
      return click;
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
    ...createChoices(host, jobs, requests),
    dismiss(jobId) {
      jobs.mark(jobId, null, { hidden: true });
      host.send({ type: "dismiss", job_id: jobId });
    },
    pictures,
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
      if (!synced) sync(0);
    },
    reportView(view, open) {
      if (isLost()) return;
      if (open) drafts.begin();
      host.send({ type: "view", view, open });
    },
    dispose() {
      resync.dispose();
      connection.dispose();
      drafts.dispose();
      for (const stop of stops) stop();
      requests.dispose();
      blobs.dispose();
    },
  };
}
