import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type Config,
  type KernelMessage,
  readConfig,
  readDelta,
  readMessage,
  readSelection,
  readService,
  readSubmission,
  type Selection,
  type Service,
  type Submission,
} from "./contract";
import type { Host } from "./host";
import { type BlobShelf, createBlobShelf } from "./media/blobs";
import { createPuller } from "./media/puller";
import { createDrafts, type Drafts } from "./state/drafts";
import { createJobStore, type JobStore } from "./state/jobs";
import { newId } from "./state/new_id";
import { findProblems, type Problems } from "./state/problems";

/** `quiet`: asked, no answer yet, perhaps busy. `gone`: told that the other side went away. */
export type Connection = "well" | "quiet" | "gone";

export interface Click {
  id: string;
  /** What the button says while the kernel has not answered. */
  state: "sent" | "unanswered";
}

const ANSWER_WITHIN_MS = 8_000;

/**
 * All that the views of one studio share: the inputs, the jobs, what was sent and what came back.
 * What a person merely looks at (scroll, which clip plays) belongs to a view and is not here.
 */
export interface Session {
  readonly drafts: Drafts;
  readonly jobs: JobStore;
  readonly blobs: BlobShelf;
  readonly config: ReadonlySignal<Config>;
  readonly service: ReadonlySignal<Service>;
  readonly busy: ReadonlySignal<boolean>;
  readonly submission: ReadonlySignal<Submission | null>;
  readonly selected: ReadonlySignal<Selection | null>;
  readonly connection: ReadonlySignal<Connection>;
  readonly click: ReadonlySignal<Click | null>;
  readonly problems: ReadonlySignal<Problems>;
  readonly lookUp: ReadonlySignal<LookUp | null>;
  /** True when the request is on its way and Generate must not send another. */
  readonly sending: ReadonlySignal<boolean>;
  submit(): boolean;
  /** Sends the same click again; the kernel takes each click once. */
  repeatClick(): void;
  select(selection: Selection | null): void;
  refresh(jobId: string): void;
  lookUpJob(jobId: string): void;
  dispose(): void;
}

export interface LookUp {
  jobId: string;
  state: "asked" | "found" | "failed";
  error: string | null;
}

export function createSession(host: Host): Session {
  const stops: (() => void)[] = [];
  const drafts = createDrafts(host);
  const jobs = createJobStore();
  const puller = createPuller(host, newId);
  const blobs = createBlobShelf(puller);

  function trait<T>(name: string, read: (value: unknown) => T): Signal<T> {
    const value = signal(read(host.get(name)));
    stops.push(
      host.onChange(name, () => {
        value.value = read(host.get(name));
      }),
    );
    return value;
  }

  const config = trait("_config", readConfig);
  const service = trait("_service", readService);
  const busy = trait("busy", (value) => value === true);
  const submission = trait("_submission", readSubmission);
  const selected = trait("_selected", readSelection);
  const live = trait("_live", readDelta);
  const connection = signal<Connection>("well");
  const click = signal<Click | null>(null);
  const lookUp = signal<LookUp | null>(null);
  const problems = computed(() => findProblems(drafts.all(), config.value));
  const sending = computed(() => busy.value || click.value !== null);
  let silence: ReturnType<typeof setTimeout> | undefined;

  function heard() {
    clearTimeout(silence);
    connection.value = "well";
  }

  function expectAnswer(unanswered: () => void) {
    clearTimeout(silence);
    silence = setTimeout(unanswered, ANSWER_WITHIN_MS);
  }

  function growQuiet() {
    if (connection.peek() === "well") connection.value = "quiet";
  }

  function sync() {
    host.send({ type: "sync", since: Math.max(0, jobs.state.peek().revision) });
    expectAnswer(growQuiet);
  }

  stops.push(
    effect(() => {
      const delta = live.value;
      if (connection.peek() === "gone") heard();
      if (delta && !jobs.take(delta, performance.now())) sync();
    }),
    effect(() => {
      const outcome = submission.value;
      const open = click.peek();
      if (!outcome || !open || outcome.click !== open.id) return;
      heard();
      if (outcome.phase !== "sending") click.value = null;
    }),
    effect(() => {
      if (busy.value) heard();
    }),
    host.onMessage((raw, buffers) => {
      const message = readMessage(raw);
      if (!message) return;
      heard();
      take(message, buffers);
    }),
    host.onDisconnect(() => {
      if (connection.peek() === "gone") return;
      connection.value = "gone";
      // Perhaps it comes back: ask once, and believe the silence.
      sync();
    }),
  );

  function take(message: KernelMessage, buffers: readonly DataView[]) {
    if (message.type === "jobs") {
      jobs.take(message.delta, performance.now());
    } else if (message.type === "looked_up") {
      if (lookUp.peek()?.jobId !== message.jobId) return;
      const state = message.error === null ? "found" : "failed";
      lookUp.value = { jobId: message.jobId, state, error: message.error };
    } else {
      puller.take(message, buffers);
    }
  }

  function sendClick(id: string) {
    click.value = { id, state: "sent" };
    host.send({ type: "submit", click: id, inputs: drafts.all() });
    expectAnswer(() => {
      const open = click.peek();
      if (open) click.value = { ...open, state: "unanswered" };
      growQuiet();
    });
  }

  return {
    drafts,
    jobs,
    blobs,
    config,
    service,
    busy,
    submission,
    selected,
    connection,
    click,
    problems,
    lookUp,
    sending,
    submit() {
      drafts.flush();
      if (sending.peek() || Object.keys(problems.peek()).length > 0) return false;
      sendClick(newId());
      return true;
    },
    repeatClick() {
      const open = click.peek();
      if (open) sendClick(open.id);
    },
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
    lookUpJob(jobId) {
      lookUp.value = { jobId, state: "asked", error: null };
      host.send({ type: "look_up", job_id: jobId });
      expectAnswer(growQuiet);
    },
    dispose() {
      clearTimeout(silence);
      drafts.dispose();
      for (const stop of stops) stop();
      puller.dispose();
      blobs.dispose();
    },
  };
}
