import type { Language } from "../ui/i18n/language";
import type { Widget } from "./types";

/** The front end, ready to run. */
export interface Code {
  /** Make the widget of one model. */
  readonly make: () => Widget;
  readonly css: string;
}

/** What the kernel sends beside a digest, unchecked. */
export type Parts = Readonly<Record<"js" | "css" | "samples" | "catalogs", unknown>>;

interface Kept {
  readonly code: Promise<Code>;
  /** The texts that have arrived for this code, by language. */
  readonly catalogs: Record<string, unknown>;
}

/** A blob makes a module of its own for each widget, so what they share hangs on the page. */
const PAGE: { [name: symbol]: Map<string, Kept> | undefined } = globalThis;
const KEPT = Symbol.for("legnext-widgets:front-ends");

function kept(): Map<string, Kept> {
  const known = PAGE[KEPT] ?? new Map();
  PAGE[KEPT] = known;
  return known;
}

/** The code that this page has or is loading, with a language; it need not be sent again. */
export const digestsWith = (language: Language): string[] =>
  [...kept().keys()].filter((digest) => speaks(digest, language));

/** Whether the page has the texts of a language for the code under a digest. */
export const speaks = (digest: string, language: Language): boolean =>
  kept().get(digest)?.catalogs[language] !== undefined;

/** Keep what was sent; returns the code, or null when the page does not have it. */
export function keep(digest: string, { js, css, samples, catalogs }: Parts): Promise<Code> | null {
  const known = kept().get(digest);
  if (known) {
    Object.assign(known.catalogs, catalogs);
    return known.code;
  }
  if (typeof js !== "string" || typeof css !== "string") return null;
  const texts = Object.assign({}, catalogs);
  const code = run(js, css, samples, texts);
  kept().set(digest, { code, catalogs: texts });
  // What failed may work for the next widget, or when it is sent again.
  code.catch(() => kept().delete(digest));
  return code;
}

async function run(js: string, css: string, samples: unknown, catalogs: object): Promise<Code> {
  // As anywidget itself does it: where a page lets that run, it lets this run.
  const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  try {
    const module: { default: (samples: unknown, catalogs: object) => Widget } = await import(
      /* @vite-ignore */ url
    );
    return { make: () => module.default(samples, catalogs), css };
  } finally {
    URL.revokeObjectURL(url);
  }
}
