import { useLayoutEffect, useState } from "preact/hooks";
import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { UNDO_SECONDS } from "../protocol/generated";
import { useScene } from "../shared/context";
import { saveAs } from "../shared/download_buttons";
import { CloseIcon, CompareIcon, DownloadIcon, Spinner, StarIcon } from "../shared/icons";
import { chosenOf, tickedEntries } from "../state/chosen_clips";

const MOST_COMPARED = 9;

/** What can be done with the ticked clips; shown while there are any, or something to undo. */
export function ChoiceBar() {
  const { session, view } = useScene();
  const t = useTranslate();
  const entries = tickedEntries(view.ticked.value, view.shown.value, session.jobs.state.value);
  const count = entries.length;
  const clear = () => {
    view.ticked.value = new Set();
  };
  return (
    <>
      {count > 0 && (
        <div class="choice" role="toolbar" aria-label={t("choose.title")}>
          <strong role="status">{t("choose.count", { count })}</strong>
          <Actions entries={entries} clear={clear} />
          <button type="button" class="icon-button" aria-label={t("choose.clear")} onClick={clear}>
            <CloseIcon />
          </button>
        </div>
      )}
      <Undo />
    </>
  );
}

function Actions({ entries, clear }: { entries: ReturnType<typeof tickedEntries>; clear(): void }) {
  const { face, session, view } = useScene();
  const t = useTranslate();
  const [busy, setBusy] = useState(false);
  const chosen = chosenOf(entries);
  const count = chosen.length;
  const starred = entries.every(({ media }) => media.favourite);
  const hidden = entries.every(({ media }) => media.hidden);
  const comparable = count > 1 && count <= MOST_COMPARED;

  /** Say something below, for which there is no undoing. */
  const say = (text: string) => {
    view.undo.value = { text, run: null };
  };

  async function work(action: () => Promise<string>) {
    if (busy) return;
    setBusy(true);
    say(await action().catch(() => t("viewer.download_failed")));
    setBusy(false);
  }

  async function zip(): Promise<string> {
    const { name, missing, error, ask } = await session.pack(chosen);
    if (error) return localize(error, t);
    const file = { kind: "zip", index: 0 } as const;
    const signal = new AbortController().signal;
    saveAs(await session.blobs.borrow(ask, file, { signal, urgent: true }), name);
    return missing > 0 ? t("choose.missing", { count: missing }) : t("choose.saved", { name });
  }

  async function exportClips(): Promise<string> {
    const { path, error } = await session.exportClips(chosen);
    return error ? localize(error, t) : t("choose.exported", { path });
  }

  const hide = () => {
    const undo = session.hide(chosen, !hidden);
    view.undo.value = { text: t(hidden ? "choose.shown" : "choose.hidden", { count }), run: undo };
    clear();
  };
  const remove = () => {
    const { undo, complete } = session.remove(chosen);
    view.undo.value = { text: t("choose.deleted", { count }), run: undo, end: complete };
    clear();
  };

  return (
    <>
      <button
        type="button"
        class="button small"
        aria-pressed={starred}
        onClick={() => {
          for (const { job_id, index } of chosen) session.favourite(job_id, !starred, index);
        }}
      >
        <StarIcon filled={starred} />
        {t("marks.favourite")}
      </button>
      <button
        type="button"
        class="button small"
        aria-disabled={comparable ? undefined : "true"}
        title={t("choose.compare_hint")}
        onClick={() => {
          const [first] = entries;
          if (!comparable || !first) return;
          view.compared.value = entries.map(({ job, media }) => ({
            job_id: job.id,
            index: media.index,
          }));
          view.opened.value = { job_id: first.job.id, index: first.media.index };
        }}
      >
        <CompareIcon />
        {t("player.compare", { count })}
      </button>
      <button type="button" class="button small" onClick={() => work(zip)}>
        {busy ? <Spinner /> : <DownloadIcon />}
        {t("choose.zip")}
      </button>
      {face === "studio" && (
        <button type="button" class="button small" onClick={() => work(exportClips)}>
          {t("choose.export")}
        </button>
      )}
      <button type="button" class="button small" onClick={hide}>
        {t(hidden ? "choose.show" : "choose.hide")}
      </button>
      <button type="button" class="button small" onClick={remove}>
        {t("choose.delete")}
      </button>
    </>
  );
}

/** What was just done, with a button that undoes it while that is possible. */
function Undo() {
  const { view } = useScene();
  const t = useTranslate();
  const last = view.undo.value;
  // At once: a view that goes right after a deletion must complete it.
  useLayoutEffect(() => {
    if (!last) return;
    const timer = setTimeout(() => {
      if (view.undo.peek() === last) view.undo.value = null;
    }, UNDO_SECONDS * 1000);
    return () => {
      clearTimeout(timer);
      // After an undo it has nothing to end any more.
      last.end?.();
    };
  }, [last, view]);
  return (
    <div role="status">
      {last && (
        <p class="choice undo">
          <span dir="auto">{last.text}</span>
          {last.run && (
            <button
              type="button"
              class="link-button"
              onClick={() => {
                last.run?.();
                view.undo.value = null;
              }}
            >
              {t("choose.undo")}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
