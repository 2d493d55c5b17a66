import { type ReadonlySignal, signal } from "@preact/signals";
import type { PaidRequest } from "../protocol/messages";
import { newId } from "../state/ids";
import type { Connection } from "./connection";
import type { Requests } from "./requests";

/** A paid request as the UI makes it; the id of its click is added when it is sent. */
export type Unsent = PaidRequest extends infer R
  ? R extends PaidRequest
    ? Omit<R, "click">
    : never
  : never;

export interface OpenClick {
  id: string;
  /** `unanswered`: the kernel has not taken it up within 8 seconds. */
  state: "sent" | "unanswered";
}

/**
 * Clicks that may cost points: one at a time, each under an id of its own. The kernel takes an id
 * once, so a click may be sent again and is never paid twice.
 */
export interface Submissions {
  /** The click whose outcome is not known yet. */
  readonly open: ReadonlySignal<OpenClick | null>;
  /** Send a request under a new id; returns the id. */
  send(request: Unsent): string;
  /** Send the open click again, under the same id. */
  resend(): void;
  /**
   * Take in what the kernel reports of a click.
   *
   * @param final False while the kernel still sends the request to the service.
   * @returns Whether it is the open click.
   */
  receive(click: string | null, final: boolean): boolean;
}

export function createSubmissions(requests: Requests, connection: Connection): Submissions {
  const open = signal<OpenClick | null>(null);

  function onSlow(id: string) {
    if (open.peek()?.id !== id) return;
    open.value = { id, state: "unanswered" };
    connection.slow();
  }

  return {
    open,
    send(request) {
      const id = newId();
      open.value = { id, state: "sent" };
      const build = (click: string) => ({ ...request, click }) as PaidRequest;
      // Its outcome arrives in a trait, by `receive`; here it can only be aborted.
      requests.send(build, { id, onSlow: () => onSlow(id) }).catch(() => undefined);
      return id;
    },
    resend() {
      const click = open.peek();
      if (!click) return;
      open.value = { ...click, state: "sent" };
      requests.resend(click.id);
    },
    receive(click, final) {
      if (click === null || open.peek()?.id !== click) return false;
      if (final) {
        open.value = null;
        requests.settle(click);
      } else {
        requests.acknowledge(click);
      }
      return true;
    },
  };
}
