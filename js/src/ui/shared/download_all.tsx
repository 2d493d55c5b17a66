import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../i18n/translate";
import { saveFile } from "../media/download";
import type { Job } from "../protocol/contract";
import { useScene } from "./context";
import { DownloadIcon, Spinner } from "./icons";

/** All clips of a job, one file after the other. */
export function DownloadAll({ job, title, compact }: DownloadAllProps) {
  const { session, view } = useScene();
  const words = useWords();
  const [done, setDone] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);
  const count = job.media.length;
  if (count < 2) return null;

  async function download() {
    if (done !== null) return;
    const running = new AbortController();
    controller.current = running;
    setFailed(false);
    try {
      for (const [at, media] of job.media.entries()) {
        setDone(at);
        await saveFile(session, job, media, running.signal);
      }
    } catch {
      if (running.signal.aborted) return;
      setFailed(true);
      view.announcement.value = words.large.downloadFailed;
    }
    setDone(null);
  }

  const icon = done === null ? <DownloadIcon /> : <Spinner />;
  const label =
    done === null ? words.large.downloadAll(count) : words.large.downloadingOf(done + 1, count);
  if (compact) {
    return (
      <button
        type="button"
        class="icon-button"
        title={failed ? words.large.downloadFailed : label}
        aria-label={words.large.downloadAllOf(count, title)}
        onClick={download}
      >
        {icon}
      </button>
    );
  }
  return (
    <>
      <button type="button" class="button" onClick={download}>
        {icon}
        {label}
      </button>
      {failed && <p class="problem">{words.large.downloadFailed}</p>}
    </>
  );
}

interface DownloadAllProps {
  job: Job;
  title: string;
  compact?: boolean;
}
