import { type ReadonlySignal, signal } from "@preact/signals";
import type { Host } from "../host";
import { newId } from "../state/ids";
import type { Listening } from "./connection";

type Message = Readonly<Record<string, unknown>>;

export interface Click {
  id: string;
  /** What the button says while the kernel has not answered. */
  state: "sent" | "unanswered";
  message: Message;
}

/** What may cost points: one at a time, and each sent under an id that the kernel takes once. */
export interface Clicks {
  /** The one that has no outcome yet. */
  readonly open: ReadonlySignal<Click | null>;
  send(message: Message): string;
  /** Sends the same click again. */
  repeat(): void;
  /** The kernel told of a click: true when it is the one that is waited for. */
  isOpen(id: string | null): boolean;
  settle(): void;
}

export function createClicks(host: Host, listening: Listening): Clicks {
  const open = signal<Click | null>(null);

  function send(message: Message, id = newId()): string {
    open.value = { id, state: "sent", message };
    host.send({ ...message, click: id });
    listening.expectAnswer(() => {
      const click = open.peek();
      if (click) open.value = { ...click, state: "unanswered" };
    });
    return id;
  }

  return {
    open,
    send: (message) => send(message),
    repeat() {
      const click = open.peek();
      if (click) send(click.message, click.id);
    },
    isOpen: (id) => id !== null && open.peek()?.id === id,
    settle() {
      open.value = null;
    },
  };
}
