import { useRef } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import type { Job, Media } from "../protocol/generated";
import { useElementId, useScene } from "../shared/context";
import { StarIcon } from "../shared/icons";

/** A person's marks: the star of all clips of a job, and the note of a clip. */

export function FavouriteButton({ job, title }: { job: Job; title: string }) {
  const { session } = useScene();
  const t = useTranslate();
  return (
    <button
      type="button"
      class="icon-button favourite"
      aria-pressed={job.favourite}
      aria-label={t("marks.favourite_of", { title })}
      title={t("marks.favourite")}
      onClick={() => session.favourite(job.id, !job.favourite, null)}
    >
      <StarIcon filled={job.favourite} />
    </button>
  );
}

export function NoteField({ job, media }: { job: Job; media: Media }) {
  const { session } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const area = useRef<HTMLTextAreaElement>(null);
  const save = () => {
    const note = area.current?.value.trim() ?? media.note;
    if (note !== media.note) session.annotate(job.id, note, media.index);
  };
  return (
    <div class="field note-field">
      <label class="label" for={id}>
        {t("marks.note")}
      </label>
      <textarea
        // The next clip's note, or a change from elsewhere, replaces this text.
        key={`${job.id}/${media.index}/${media.note}`}
        ref={area}
        id={id}
        class="input"
        dir="auto"
        rows={2}
        maxLength={500}
        defaultValue={media.note}
        placeholder={t("marks.note_placeholder")}
        onBlur={save}
      />
    </div>
  );
}
