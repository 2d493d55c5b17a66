import { useTranslate } from "../../i18n/translate";
import type { Job, Media } from "../../protocol/generated";
import { useScene } from "../../shared/context";
import { StarIcon } from "../../shared/icons";
import type { ViewState } from "../../shared/view_state";
import { between, keyOf } from "../../state/chosen_clips";

/** Tick a clip or take its tick away; with `range`, tick all from the last one to it. */
export function tick(view: ViewState, job: Job, media: Media, range: boolean): void {
  const key = keyOf(job.id, media.index);
  const ticked = new Set(view.ticked.peek());
  if (range && view.lastTicked.current) {
    for (const each of between(view.shown.peek(), view.lastTicked.current, key)) ticked.add(each);
  } else if (!ticked.delete(key)) {
    ticked.add(key);
  }
  view.lastTicked.current = key;
  view.ticked.value = ticked;
}

/** The number of a clip, and a box that ticks it. */
export function TickBox({ job, media }: { job: Job; media: Media }) {
  const { view } = useScene();
  const t = useTranslate();
  const number = media.index + 1;
  return (
    <label class="clip-number">
      <input
        type="checkbox"
        checked={view.ticked.value.has(keyOf(job.id, media.index))}
        aria-label={t("choose.clip", { number })}
        title={t("choose.hint")}
        aria-keyshortcuts="X"
        onClick={(event) => tick(view, job, media, event.shiftKey)}
      />
      <span aria-hidden="true">{number}</span>
    </label>
  );
}

/** The star of one clip. */
export function ClipStar({ job, media, look }: { job: Job; media: Media; look: string }) {
  const { session } = useScene();
  const t = useTranslate();
  return (
    <button
      type="button"
      class={`icon-button favourite ${look}`}
      aria-pressed={media.favourite}
      aria-label={t("marks.favourite_clip", { number: media.index + 1 })}
      title={`${t("marks.favourite")} (F)`}
      aria-keyshortcuts="F"
      onClick={() => session.favourite(job.id, !media.favourite, media.index)}
    >
      <StarIcon filled={media.favourite} />
    </button>
  );
}
