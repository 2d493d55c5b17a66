import type { Words } from "../i18n/en";
import { tell } from "../i18n/translate";
import type { Submission } from "../protocol/contract";

export const outcomeTitle = ({ phase }: Submission, words: Words): string =>
  phase === "uncertain" ? words.generate.uncertain : words.generate.refused;

/** What happened, and what can be done about it. */
export const outcomeMessage = ({ message, next }: Submission, words: Words): string =>
  `${tell(message, words)} ${tell(next, words)}`.trim();
