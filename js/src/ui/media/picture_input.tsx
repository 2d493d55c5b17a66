import { useEffect, useRef, useState } from "preact/hooks";
import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { useScene } from "../shared/context";
import { Problem, TextField } from "../shared/field";
import { ImageIcon, Spinner } from "../shared/icons";
import { Picture } from "../shared/picture";
import { ProgressBar } from "../shared/progress";
import { PICTURE_SCHEME } from "../state/links";
import { pictureIn, RefusedPicture } from "./pictures";

interface Sending {
  src: string;
  part: number;
}

interface PictureInputProps {
  field: "image_url" | "end_image_url";
  /** Of the field for a link. */
  label: string;
  hint?: string;
  /** What a picture of the person is here. */
  own: string;
  alt: string;
  /** Announced when a picture was taken. */
  taken(name: string): string;
  problem: string | undefined;
}

/** A picture by its link, or the person's own: dropped, pasted, or picked. */
export function PictureInput({ field, own, alt, problem, ...texts }: PictureInputProps) {
  const { session, view } = useScene();
  const t = useTranslate();
  const url = session.drafts.field(field).value;
  const isOwn = url.startsWith(PICTURE_SCHEME);
  const taken = session.pictures.taken.value.get(url);
  const file = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<Sending | null>(null);
  const [failure, setFailure] = useState<unknown>();
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  // After a reload of the page, or where another view gave it.
  const unknown = isOwn && !taken;
  useEffect(() => {
    if (!unknown) return;
    let wanted = true;
    session.pictures
      .recall(url)
      .then(() => wanted && setFailure(undefined))
      .catch((error) => wanted && setFailure(error));
    return () => {
      wanted = false;
    };
  }, [session, url, unknown]);

  const choose = (link: string) => {
    setFailure(undefined);
    session.drafts.choose({ [field]: link });
    view.touch(field);
  };

  async function take(found: Blob | string | null) {
    if (!found) return;
    if (typeof found === "string") return choose(found);
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const src = URL.createObjectURL(found);
    const show = (part: number) => setSending({ src, part });
    setFailure(undefined);
    show(0);
    try {
      const name = found instanceof File ? found.name : t("source.picture");
      const { signal } = controller;
      choose(await session.pictures.take(found, { name, signal, onProgress: show }));
      view.announcement.value = texts.taken(name);
    } catch (error) {
      if (!controller.signal.aborted) setFailure(error);
    } finally {
      URL.revokeObjectURL(src);
      if (running.current === controller) setSending(null);
    }
  }

  const onTransfer = (event: Event, data: DataTransfer | null) => {
    const types = data?.types ?? [];
    // A pasted text belongs to the field.
    if (event.type === "paste" && !types.includes("Files")) return;
    event.preventDefault();
    setOver(false);
    void pictureIn(data).then(take);
  };
  const awaited = unknown && !failure && session.alive.value;
  const preview = sending?.src ?? taken?.preview;
  const reason =
    failure instanceof RefusedPicture ? localize(failure.reason, t) : t("source.not_taken");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button does the same
    <div
      class="picture-input"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => onTransfer(event, event.dataTransfer)}
      onPaste={(event) => onTransfer(event, event.clipboardData)}
    >
      <div class="link-row">
        {preview ? (
          <div class="picture" data-state="loaded">
            <img src={preview} alt={alt} />
          </div>
        ) : isOwn ? (
          <div class="picture" data-state={awaited ? "loading" : "empty"}>
            {awaited ? <Spinner /> : <ImageIcon />}
          </div>
        ) : (
          <Picture url={url} alt={alt} faulty={problem !== undefined} />
        )}
        {sending || isOwn ? (
          <div class="field">
            <p class="label">{sending ? t("source.sending") : own}</p>
            {sending ? (
              <ProgressBar label={t("source.sending")} now={sending.part * 100} max={100} />
            ) : (
              taken && (
                <p class="hint">
                  <bdi class="picture-name" title={taken.name}>
                    {taken.name}
                  </bdi>
                  {taken.size}
                </p>
              )
            )}
            <button
              type="button"
              class="link-button"
              onClick={() => {
                running.current?.abort();
                if (!sending) choose("");
                setSending(null);
              }}
            >
              {t(sending ? "source.cancel" : "source.remove")}
            </button>
          </div>
        ) : (
          <TextField
            field={field}
            label={texts.label}
            {...(texts.hint !== undefined && { hint: texts.hint })}
            placeholder={t("source.image_url_placeholder")}
            inputMode="url"
            problem={problem}
          />
        )}
      </div>
      <p class="hint">
        <button type="button" class="link-button" onClick={() => file.current?.click()}>
          <ImageIcon />
          {t("source.pick")}
        </button>{" "}
        {t("source.drop")} <Where />
      </p>
      <Problem text={failure ? reason : isOwn ? problem : undefined} />
      <input
        ref={file}
        type="file"
        accept="image/*,.heic,.heif"
        hidden
        onChange={(event) => {
          void take(event.currentTarget.files?.[0] ?? null);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

/** Where a picture goes, before it leaves this machine. */
function Where() {
  const { session } = useScene();
  const t = useTranslate();
  const { uploads, note } = session.service.value;
  const { where, hours, stays } = uploads;
  // Only a sandbox that has no clips but its own has such a note.
  if (stays) return <>{t(note ? "source.stays_samples" : "source.stays")}</>;
  if (!where) return <>{t("source.nowhere")}</>;
  return <>{hours ? t("source.goes_for", { where, hours }) : t("source.goes", { where })}</>;
}
