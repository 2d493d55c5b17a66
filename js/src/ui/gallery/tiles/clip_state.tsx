import { useTranslate } from "../../i18n/translate";
import type { Clip } from "../../media/use_clip";
import type { Job } from "../../protocol/generated";
import { useScene } from "../../shared/context";
import { ClockIcon, Spinner, WarningIcon } from "../../shared/icons";

interface ClipStateProps {
  job: Job;
  clip: Clip;
  /** A still is shown meanwhile: no need for a note that the clip is loading. */
  still?: boolean;
}

/** Shown in place of a clip: that it loads, or why it cannot, with a button to try again. */
export function ClipState({ job, clip, still = false }: ClipStateProps) {
  const { session } = useScene();
  const t = useTranslate();
  if (clip.state === "loading" || clip.state === "busy") {
    if (still) return null;
    return (
      <div class="tile-note">
        {clip.state === "busy" ? <ClockIcon /> : <Spinner />}
        {clip.state === "busy" ? t("gallery.kernel_busy") : t("gallery.loading")}
      </div>
    );
  }
  if (clip.state !== "failed" && clip.state !== "expired") return null;
  const expired = clip.state === "expired";
  return (
    <div class="tile-note not-loaded">
      <WarningIcon />
      <span>{expired ? t("gallery.expired") : t("gallery.failed")}</span>
      <button
        type="button"
        class="button small"
        onClick={() => {
          session.refresh(job.id);
          clip.retry();
        }}
      >
        {expired ? t("gallery.renew") : t("gallery.retry")}
      </button>
    </div>
  );
}
