import type { Host } from "../host";
import type { Chosen, ExportedMessage, PackedMessage } from "../protocol/generated";
import { newId } from "../state/ids";
import type { JobStore, Marks } from "../state/jobs";
import type { Requests } from "./requests";

/** What a person does with chosen clips. Marks show at once; the kernel stores them. */
export interface Choices {
  /** Star a clip, or with `index` null all clips of a job. */
  favourite(jobId: string, on: boolean, index: number | null): void;
  annotate(jobId: string, note: string, index: number): void;
  /** Hide clips, or show them again; returns what undoes that. */
  hide(clips: readonly Chosen[], on: boolean): () => void;
  /** Delete clips from the library, unless that is undone before it is completed. */
  remove(clips: readonly Chosen[]): { undo(): void; complete(): void };
  /** Have a zip file of clips made; it is fetched as a file of the job `ask`. */
  pack(clips: readonly Chosen[]): Promise<PackedMessage>;
  exportClips(clips: readonly Chosen[]): Promise<ExportedMessage>;
}

export function createChoices(host: Host, jobs: JobStore, requests: Requests): Choices {
  const markAll = (clips: readonly Chosen[], marks: Marks) => {
    for (const { job_id, index } of clips) jobs.mark(job_id, index, marks);
  };

  function hide(clips: readonly Chosen[], on: boolean) {
    markAll(clips, { hidden: on });
    host.send({ type: "hide", clips: [...clips], on });
  }

  return {
    favourite(jobId, on, index) {
      jobs.mark(jobId, index, { favourite: on });
      host.send({ type: "favourite", job_id: jobId, index, on });
    },
    annotate(jobId, note, index) {
      jobs.mark(jobId, index, { note });
      host.send({ type: "annotate", job_id: jobId, index, note });
    },
    hide: (clips, on) => {
      hide(clips, on);
      return () => hide(clips, !on);
    },
    remove(clips) {
      const undo = newId();
      markAll(clips, { hidden: true });
      host.send({ type: "delete", undo, clips: [...clips] });
      return {
        undo: () => host.send({ type: "undo", undo }),
        complete: () => host.send({ type: "complete", undo }),
      };
    },
    pack: (clips) => requests.ask((ask) => ({ type: "pack", ask, clips: [...clips] }), "packed"),
    exportClips: (clips) =>
      requests.ask((ask) => ({ type: "export", ask, clips: [...clips] }), "exported"),
  };
}
