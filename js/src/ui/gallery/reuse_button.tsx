import { useTranslate } from "../i18n/translate";
import type { Job } from "../protocol/generated";
import { useScene } from "../shared/context";
import { ReuseIcon } from "../shared/icons";

interface ReuseButtonProps {
  job: Job;
  title: string;
  look: "icon" | "link" | "button";
  onUsed?: () => void;
}

/** Fill the form with a job's request and focus the prompt. */
export function ReuseButton({ job, title, look, onUsed }: ReuseButtonProps) {
  const { session, view } = useScene();
  const t = useTranslate();
  if (!job.can.reuse) return null;
  return (
    <button
      type="button"
      class={{ icon: "icon-button", link: "link-button", button: "button" }[look]}
      title={look === "icon" ? t("queue.use_again") : undefined}
      aria-label={t("queue.use_again_for", { title })}
      onClick={() => {
        session.reuse(job.id);
        onUsed?.();
        view.focusPrompt.value += 1;
      }}
    >
      <ReuseIcon />
      {look !== "icon" && t("queue.use_again")}
    </button>
  );
}
