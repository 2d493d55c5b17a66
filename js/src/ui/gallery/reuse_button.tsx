import { useWords } from "../i18n/translate";
import type { Job } from "../protocol/contract";
import { useScene } from "../shared/context";
import { ReuseIcon } from "../shared/icons";

interface ReuseButtonProps {
  job: Job;
  title: string;
  look: "icon" | "link" | "button";
  onUsed?: () => void;
}

/** Fills the form with a job's request and goes to the prompt, for changed words. */
export function ReuseButton({ job, title, look, onUsed }: ReuseButtonProps) {
  const { session, view } = useScene();
  const words = useWords();
  if (!job.can.reuse) return null;
  return (
    <button
      type="button"
      class={{ icon: "icon-button", link: "link-button", button: "button" }[look]}
      title={look === "icon" ? words.queue.useAgain : undefined}
      aria-label={words.queue.useAgainFor(title)}
      onClick={() => {
        session.reuse(job.id);
        onUsed?.();
        view.focusPrompt.value += 1;
      }}
    >
      <ReuseIcon />
      {look !== "icon" && words.queue.useAgain}
    </button>
  );
}
