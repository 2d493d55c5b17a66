import type { JobSettings } from "../protocol/generated";

/** In what the prompts of a batch differ, as columns of a table. */
export interface Parameters {
  /** For each prompt its values, one for each place at which the prompts differ. */
  rows: readonly (readonly string[])[];
  columns: number;
}

type Values = readonly JobSettings[keyof JobSettings][];

/** A setting in which jobs differ, with the value of each job. */
export interface VariedSetting {
  name: keyof JobSettings;
  values: Values;
}

/** Find the settings in which jobs differ. */
export function variedSettings(settings: readonly JobSettings[]): readonly VariedSetting[] {
  const [first] = settings;
  if (!first) return [];
  return (Object.keys(first) as (keyof JobSettings)[])
    .map((name) => ({ name, values: settings.map((one) => one[name]) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Of the words of a prompt, so many must be common to all for their differences to mean much. */
const COMMON = 0.4;

/**
 * Find the places at which prompts differ: the words that all have in common, in order, are left
 * out, and what is between them makes the columns. Prompts with little in common make one column.
 */
export function parametersOf(prompts: readonly string[]): Parameters {
  const texts = prompts.map((prompt) => prompt.trim().split(/\s+/));
  const common = texts.reduce((a, b) => commonWords(a, b), texts[0] ?? []);
  const longest = Math.max(1, ...texts.map(({ length }) => length));
  if (common.length / longest < COMMON) return { rows: prompts.map((text) => [text]), columns: 1 };
  const gaps = texts.map((words) => gapsOf(words, common));
  const places = common
    .concat("")
    .flatMap((_, at) => (new Set(gaps.map((row) => row[at])).size > 1 ? [at] : []));
  if (places.length === 0) return { rows: prompts.map((text) => [text]), columns: 1 };
  return {
    rows: gaps.map((row) => places.map((at) => row[at] ?? "")),
    columns: places.length,
  };
}

/** The text before, between and after common words. */
function gapsOf(words: readonly string[], common: readonly string[]): string[] {
  const gaps: string[][] = [[]];
  let next = 0;
  for (const word of words) {
    if (next < common.length && word === common[next]) {
      next += 1;
      gaps.push([]);
    } else {
      gaps.at(-1)?.push(word);
    }
  }
  return gaps.map((gap) => gap.join(" "));
}

/** The longest common subsequence of two texts. */
function commonWords(a: readonly string[], b: readonly string[]): string[] {
  const lengths = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] as number[];
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found: string[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      found.push(a[i] as string);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return found;
}
