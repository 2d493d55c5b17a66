import { useRef } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import type { Job } from "../protocol/generated";
import { useElementId, useScene } from "../shared/context";
import { StarIcon } from "../shared/icons";

/** A person's marks on a job: a star and a note. */

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
      onClick={() => session.favourite(job.id, !job.favourite)}
    >
      <StarIcon filled={job.favourite} />
    </button>
  );
}

export function NoteField({ job }: { job: Job }) {
  const { session } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const area = useRef<HTMLTextAreaElement>(null);
  const save = () => {
    const note = area.current?.value.trim() ?? job.note;
    if (note !== job.note) session.annotate(job.id, note);
  };
  return (
    <div class="field note-field">
      <label class="label" for={id}>
        {t("marks.note")}
      </label>
      <textarea
        // The next job's note, or a change from elsewhere, replaces this text.
        key={`${job.id}/${job.note}`}
        ref={area}
        id={id}
        class="input"
        dir="auto"
        rows={2}
        maxLength={500}
        defaultValue={job.note}
        placeholder={t("marks.note_placeholder")}
        onBlur={save}
      />
    </div>
  );
}
