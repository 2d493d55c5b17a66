import type { Submission } from "../contract";
import type { Words } from "../words/en";
import { tell } from "../words/words";

export const outcomeTitle = ({ phase }: Submission, words: Words): string =>
  phase === "uncertain" ? words.generate.uncertain : words.generate.refused;

/** What happened, and what can be done about it. */
export const outcomeMessage = ({ message, next }: Submission, words: Words): string =>
  `${tell(message, words)} ${tell(next, words)}`.trim();
