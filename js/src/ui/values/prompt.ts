import type { Inputs } from "../protocol/generated";
import { webLink } from "../state/links";

/** How a link, words and options become the one text that is sent. Python's rules are the reference. */

const LINK_AT_HEAD = /^\s*(https?:\/\/\S+)(?:\s+|$)/i;
const OPTION =
  /(?<!\S)--(?:(?<motion>motion)\s+(?:low|high)|(?<raw>raw)|(?<loop>loop)|(?<end>end)\s+(?<link>https?:\/\/\S+)|(?<batch>bs)\s+[124])(?!\S)/gi;
const OPTION_FIELDS = {
  motion: "motion",
  raw: "raw",
  loop: "loop",
  end: "end_image_url",
  batch: "batch_size",
} as const;

export type OptionField = (typeof OPTION_FIELDS)[keyof typeof OPTION_FIELDS];

export function linkAtHead(prompt: string): string | null {
  return webLink(LINK_AT_HEAD.exec(prompt)?.[1]);
}

/** The prompt without the link at its head and without known options. */
export function wordsOf(prompt: string): string {
  const rest = linkAtHead(prompt) ? prompt.replace(LINK_AT_HEAD, "") : prompt;
  return rest.replace(OPTION, " ").trim();
}

export function optionsIn(prompt: string): Set<OptionField> {
  const found = new Set<OptionField>();
  for (const match of prompt.matchAll(OPTION)) {
    for (const [group, field] of Object.entries(OPTION_FIELDS)) {
      if (match.groups?.[group]) found.add(field);
    }
  }
  return found;
}

/** The last frame that the prompt itself names. */
export function lastFrameIn(prompt: string): string | null {
  const ends = [...prompt.matchAll(OPTION)].filter((match) => match.groups?.end);
  return ends.at(-1)?.groups?.link ?? null;
}

export function compose(inputs: Inputs): string {
  const words = inputs.prompt.trim();
  if (inputs.source === "text") return words;
  const pieces = [inputs.source === "image_url" ? inputs.image_url.trim() : "", words];
  if (inputs.motion) pieces.push(`--motion ${inputs.motion}`);
  if (inputs.raw) pieces.push("--raw");
  if (inputs.loop) pieces.push("--loop");
  const end = inputs.end_image_url.trim();
  if (end) pieces.push(`--end ${end}`);
  if (inputs.batch_size) pieces.push(`--bs ${inputs.batch_size}`);
  return pieces.filter(Boolean).join(" ");
}

/** Characters as Python counts them: code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
