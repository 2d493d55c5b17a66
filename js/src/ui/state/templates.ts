/** Several prompts in one text: one per line, and each `{a|b|c}` stands for every choice. */

export interface Line {
  /** Counted from 1, as people count lines. */
  number: number;
  /** The prompts of this line, at most as many as the limit leaves. */
  prompts: readonly string[];
}

export interface Expansion {
  lines: readonly Line[];
  /** All prompts, in order, at most `limit`. */
  prompts: readonly string[];
  /** Their number without the limit. */
  total: number;
}

/** Braces without a bar between them are plain text. */
const CHOICES = /\{([^{}|]*(?:\|[^{}|]*)+)\}/g;

export function expandPrompts(text: string, limit: number): Expansion {
  const lines: Line[] = [];
  const prompts: string[] = [];
  let total = 0;
  for (const [at, raw] of text.split(/\r\n|\r|\n/).entries()) {
    if (!raw.trim()) continue;
    const pieces = piecesOf(raw);
    total += pieces.reduce((product, choices) => product * choices.length, 1);
    const made: string[] = [];
    for (const prompt of combinations(pieces)) {
      if (prompts.length + made.length >= limit) break;
      made.push(tidy(prompt));
    }
    prompts.push(...made);
    lines.push({ number: at + 1, prompts: made });
  }
  return { lines, prompts, total };
}

function piecesOf(line: string): readonly (readonly string[])[] {
  const pieces: string[][] = [];
  let from = 0;
  for (const match of line.matchAll(CHOICES)) {
    pieces.push([line.slice(from, match.index)], (match[1] ?? "").split("|"));
    from = match.index + match[0].length;
  }
  pieces.push([line.slice(from)]);
  return pieces;
}

function* combinations(pieces: readonly (readonly string[])[]): Iterable<string> {
  const [first, ...rest] = pieces;
  if (!first) return yield "";
  for (const choice of first) for (const tail of combinations(rest)) yield choice + tail;
}

/** An empty choice leaves two spaces, or one at an end. */
const tidy = (prompt: string): string => prompt.replace(/ {2,}/g, " ").trim();
