import type { Job } from "../contract";
import type { Clip } from "../media/use_clip";
import { useWords } from "../words/words";
import { useScene } from "./context";
import { WarningIcon } from "./icons";

/** Says in the tile why a clip does not show, with the step that may bring it back. */
export function ClipTrouble({ job, clip }: { job: Job; clip: Clip }) {
  const { session } = useScene();
  const words = useWords();
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
