import { useWords } from "../i18n/translate";
import type { Clip } from "../media/use_clip";
import type { Job } from "../protocol/contract";
import { useScene } from "../shared/context";
import { Spinner, WarningIcon } from "../shared/icons";

interface ClipStateProps {
  job: Job;
  clip: Clip;
  /** A still stands there meanwhile, so that it need not be said that the clip is coming. */
  still?: boolean;
}

/** What stands in place of a clip: that it is coming, or why it is not, with what may bring it. */
export function ClipState({ job, clip, still = false }: ClipStateProps) {
  const { session } = useScene();
  const words = useWords();
  if (clip.state === "pulling" || clip.state === "busy") {
    if (still) return null;
    return (
      <div class="tile-note">
        <Spinner />
        {clip.state === "busy" ? words.gallery.kernelBusy : words.gallery.loading}
      </div>
    );
  }
  if (clip.state !== "failed" && clip.state !== "expired") return null;
  const expired = clip.state === "expired";
  return (
    <div class="tile-note trouble">
      <WarningIcon />
      <span>{expired ? words.gallery.expired : words.gallery.failed}</span>
      <button
        type="button"
        class="button small"
        onClick={() => {
          session.refresh(job.id);
          clip.retry();
        }}
      >
        {expired ? words.gallery.renew : words.gallery.retry}
      </button>
    </div>
  );
}
