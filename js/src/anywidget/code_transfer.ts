import type { Model, Widget } from "./types";

/** The front end, ready to run. */
export interface Code {
  /** Make the widget of one model. */
  readonly make: () => Widget;
  readonly css: string;
}

/** `slow`: takes long enough to say so. `silent`: no answer; the kernel is busy or gone. */
export type Phase = "quick" | "slow" | "silent" | { readonly failed: string };

/** The transfer of the code from the kernel to one model; all its views wait for the same one. */
export interface Transfer {
  /** Call with the phase, now and whenever it changes; returns what ends that. */
  watch(listener: (phase: Phase) => void): () => void;
  /** Call with the code: now, when it arrives, or never. */
  whenLoaded(use: (code: Code) => void): void;
  end(): void;
}

/** Seconds after the start at which the request is sent again: a message may get lost. */
const RESEND_S = [2, 6, 14, 30];
const SLOW_S = 0.7;
const SILENT_S = 4;

export function startTransfer(model: Model): Transfer {
  const watchers = new Set<(phase: Phase) => void>();
  const uses: ((code: Code) => void)[] = [];
  const timers: ReturnType<typeof setTimeout>[] = [];
  let phase: Phase = "quick";
  let code: Code | null = null;
  let wanted: string | null = null;

  function enter(next: Phase) {
    phase = next;
    for (const listener of [...watchers]) listener(phase);
  }

  function stopTimers() {
    for (const timer of timers.splice(0)) clearTimeout(timer);
  }

  function end() {
    model.off("msg:custom", receive);
    stopTimers();
    watchers.clear();
    uses.length = 0;
  }

  function request(want: string | null = null) {
    wanted = want;
    try {
      model.send({ type: "front_end", has: digests(), ...(want && { want }) });
    } catch {
      // There is no kernel; without an answer, `silent` says so.
    }
  }

  async function receive(message: unknown) {
    const { type, digest, js, css, samples } = { ...(message as Record<string, unknown> | null) };
    if (type !== "front_end" || typeof digest !== "string") return;
    const loading = load(digest, js, css, samples);
    if (!loading) {
      // The kernel has sent this code before, and it did not arrive here: ask for it, once.
      if (wanted !== digest) request(digest);
      return;
    }
    try {
      const loaded = await loading;
      if (code) return;
      code = loaded;
      for (const use of uses) use(loaded);
      end();
    } catch (error) {
      stopTimers();
      enter({ failed: error instanceof Error ? error.message : String(error) });
    }
  }

  model.on("msg:custom", receive);
  for (const seconds of RESEND_S) timers.push(setTimeout(request, seconds * 1000));
  timers.push(setTimeout(enter, SLOW_S * 1000, "slow"));
  timers.push(setTimeout(enter, SILENT_S * 1000, "silent"));
  request();

  return {
    watch(listener) {
      watchers.add(listener);
      listener(phase);
      return () => watchers.delete(listener);
    },
    whenLoaded(use) {
      if (code) use(code);
      else uses.push(use);
    },
    end,
  };
}

type Modules = Map<string, Promise<Code>>;

/** A blob makes a module of its own for each widget, so what they share hangs on the page. */
const PAGE: { [name: symbol]: Modules | undefined } = globalThis;
const MODULES = Symbol.for("legnext-widgets:code");

function modules(): Modules {
  const known = PAGE[MODULES] ?? new Map();
  PAGE[MODULES] = known;
  return known;
}

/** What this page has or is loading; the kernel need not send that again. */
const digests = (): string[] => [...modules().keys()];

/** The code under a digest; null when the page does not have it and it was not sent. */
function load(digest: string, js: unknown, css: unknown, samples: unknown): Promise<Code> | null {
  const known = modules().get(digest);
  if (known) return known;
  if (typeof js !== "string" || typeof css !== "string") return null;
  const code = run(js, css, samples);
  modules().set(digest, code);
  // What failed may work for the next widget, or when it is sent again.
  code.catch(() => modules().delete(digest));
  return code;
}

async function run(js: string, css: string, samples: unknown): Promise<Code> {
  // As anywidget itself does it: where a page lets that run, it lets this run.
  const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  try {
    const module: { default: (samples: unknown) => Widget } = await import(/* @vite-ignore */ url);
    return { make: () => module.default(samples), css };
  } finally {
    URL.revokeObjectURL(url);
  }
}
