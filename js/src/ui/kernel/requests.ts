import type { Host } from "../host";
import type { Answer, KernelMessage } from "../protocol/messages";
import { newId } from "../state/ids";

type AnswerOf<T extends Answer["type"]> = Extract<Answer, { type: T }>;

/** Questions to the kernel, each with the one answer that belongs to it. */
export interface Asks {
  /** Answered when the kernel comes to it, which may take as long as a cell runs. */
  ask<T extends Answer["type"]>(
    question: Readonly<Record<string, unknown>>,
    answer: T,
  ): Promise<AnswerOf<T>>;
  take(message: KernelMessage): void;
}

export function createAsks(host: Host): Asks {
  const open = new Map<string, (message: Answer) => void>();
  return {
    ask(question, kind) {
      const id = newId();
      return new Promise((resolve) => {
        open.set(id, (message) => {
          if (message.type !== kind) return;
          open.delete(id);
          resolve(message as AnswerOf<typeof kind>);
        });
        host.send({ ...question, ask: id });
      });
    },
    take(message) {
      if ("ask" in message) open.get(message.ask)?.(message);
    },
  };
}
