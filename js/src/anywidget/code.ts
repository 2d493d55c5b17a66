import type { Widget } from "./types";

/** The front end, ready to be run. */
export interface Code {
  /** Makes one for a model. */
  readonly make: () => Widget;
  readonly css: string;
}

type Loaded = Map<string, Promise<Code>>;

/** A blob has a module of its own for each widget, so what all of them share hangs on the page. */
const PAGE: { [name: symbol]: Loaded | undefined } = globalThis;
const LOADED = Symbol.for("legnext-widgets:code");

function loaded(): Loaded {
  const known = PAGE[LOADED] ?? new Map();
  PAGE[LOADED] = known;
  return known;
}

/** What this page has already; the kernel need not send that again. */
export const digests = (): string[] => [...loaded().keys()];

/** The code of a kernel's message; null when it is another message, or code that was not sent. */
export function codeOf(message: unknown): Promise<Code> | null {
  const { type, digest, js, css } = { ...(message as Record<string, unknown> | null) };
  if (type !== "front_end" || typeof digest !== "string") return null;
  const known = loaded().get(digest);
  if (known) return known;
  if (typeof js !== "string" || typeof css !== "string") return null;
  const code = run(js, css);
  loaded().set(digest, code);
  // What failed may work for the next widget, or when it is sent again.
  code.catch(() => loaded().delete(digest));
  return code;
}

async function run(js: string, css: string): Promise<Code> {
  // As anywidget itself does it: where a page lets that run, it lets this run.
  const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  try {
    const module: { default: () => Widget } = await import(/* @vite-ignore */ url);
    return { make: module.default, css };
  } finally {
    URL.revokeObjectURL(url);
  }
}
