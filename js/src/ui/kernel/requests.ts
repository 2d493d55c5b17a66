import type { Host } from "../host";
import { type Answer, answeredId, type FromKernel, type ToKernel } from "../protocol/messages";
import { newId } from "../state/ids";
import { SLOW_AFTER_MS } from "./connection";

/** Why a request failed: `timeout`, `aborted`, or the kernel's own reason. */
export class RequestError extends Error {}

/** An answer as it arrived. */
export interface Received<M = FromKernel> {
  message: M;
  buffers: readonly DataView[];
}

/** How often to send a request again, under the same id. Without it, a request waits for good. */
export interface RetryPolicy {
  /** Attempts in all. */
  attempts: number;
  /** Milliseconds after which an attempt counts as unanswered. */
  timeoutMs: number;
  /** Pause after a first failure that may pass; doubled after each further one. */
  pauseMs: number;
}

export interface RequestOptions<M> {
  /** Sent with the request and returned with its answer; a new UUID unless given. */
  id?: string;
  /** Take only such messages for the answer. */
  accept?: (message: FromKernel) => message is FromKernel & M;
  /** Called when an attempt has waited for 8 seconds. */
  onSlow?: () => void;
  retry?: RetryPolicy;
  signal?: AbortSignal;
}

/** All requests to the kernel that are not answered yet, by id. */
export interface Requests {
  /**
   * Send a message and wait for its answer.
   *
   * @param build Makes the message with the id of the request in it.
   * @throws RequestError The kernel refused, the attempts ran out, or the request was aborted.
   */
  send<M = FromKernel>(
    build: (id: string) => ToKernel,
    options?: RequestOptions<M>,
  ): Promise<Received<M>>;
  /** Ask a question whose answer is a message of type `type`; a cell may hold it up for long. */
  ask<T extends Answer["type"]>(
    build: (ask: string) => ToKernel,
    type: T,
  ): Promise<Extract<Answer, { type: T }>>;
  /** Send an open request again under its id. */
  resend(id: string): void;
  /** The kernel works on a request: it is not slow, only its answer takes time. */
  acknowledge(id: string): void;
  /** Close a request whose answer came another way, in a trait. */
  settle(id: string): void;
  /** Hand a message to the request that it answers. */
  receive(message: FromKernel, buffers: readonly DataView[]): void;
  dispose(): void;
}

interface Pending {
  send(): void;
  accepts(message: FromKernel): boolean;
  /** The kernel failed in a way that may pass, or did not answer. */
  failed(reason: string): void;
  resolve(received: Received): void;
  reject(reason: string): void;
  acknowledge(): void;
  close(): void;
}

export function createRequests(host: Host): Requests {
  const pending = new Map<string, Pending>();

  function send<M = FromKernel>(
    build: (id: string) => ToKernel,
    { id = newId(), accept, onSlow, retry, signal }: RequestOptions<M> = {},
  ): Promise<Received<M>> {
    return new Promise((resolve, reject) => {
      let failures = 0;
      let slow: ReturnType<typeof setTimeout> | undefined;
      let next: ReturnType<typeof setTimeout> | undefined;

      const attempt = () => {
        stopTimers();
        if (onSlow) slow = setTimeout(onSlow, SLOW_AFTER_MS);
        if (retry) next = setTimeout(() => failed("timeout"), retry.timeoutMs);
        host.send(build(id));
      };
      const failed = (reason: string) => {
        stopTimers();
        failures += 1;
        if (!retry || failures >= retry.attempts) fail(reason);
        else if (reason === "timeout") attempt();
        else next = setTimeout(attempt, retry.pauseMs * 2 ** (failures - 1));
      };
      const stopTimers = () => {
        clearTimeout(slow);
        clearTimeout(next);
      };
      const close = () => {
        stopTimers();
        signal?.removeEventListener("abort", abort);
        pending.delete(id);
      };
      const fail = (reason: string) => {
        close();
        reject(new RequestError(reason));
      };
      const abort = () => fail("aborted");

      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort, { once: true });
      pending.get(id)?.reject("aborted");
      pending.set(id, {
        send: attempt,
        accepts: (message) => accept?.(message) ?? true,
        failed,
        resolve(received) {
          close();
          resolve(received as Received<M>);
        },
        reject: fail,
        acknowledge: () => clearTimeout(slow),
        close,
      });
      attempt();
    });
  }

  return {
    send,
    async ask(build, type) {
      type Wanted = Extract<Answer, { type: typeof type }>;
      const accept = (message: FromKernel): message is Wanted => message.type === type;
      return (await send(build, { accept })).message;
    },
    resend: (id) => pending.get(id)?.send(),
    acknowledge: (id) => pending.get(id)?.acknowledge(),
    settle: (id) => pending.get(id)?.close(),
    receive(message, buffers) {
      const request = pending.get(answeredId(message) ?? "");
      if (!request) return;
      if (message.type === "media" && "error" in message) {
        const { message: reason, retry } = message.error;
        if (retry) request.failed(reason);
        else request.reject(reason);
      } else if (request.accepts(message)) {
        request.resolve({ message, buffers });
      }
    },
    dispose() {
      for (const request of [...pending.values()]) request.reject("aborted");
    },
  };
}
