import { useEffect, useRef, useState } from "preact/hooks";
import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { useScene } from "../shared/context";
import { Problem, TextField } from "../shared/field";
import { ImageIcon } from "../shared/icons";
import { Picture } from "../shared/picture";
import { ProgressBar } from "../shared/progress";
import { pictureIn, RefusedPicture } from "./pictures";

interface Sending {
  src: string;
  part: number;
}

/** The image by its link, or the person's own: dropped, pasted, or picked. */
export function PictureInput({ problem }: { problem: string | undefined }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const url = session.drafts.field("image_url").value;
  const taken = session.pictures.taken.value.get(url);
  const file = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<Sending | null>(null);
  const [failure, setFailure] = useState<string>();
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const choose = (link: string) => {
    session.drafts.choose({ image_url: link });
    view.touch("image_url");
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
      view.announcement.value = t("source.taken", { name });
    } catch (error) {
      if (controller.signal.aborted) return;
      const reason = error instanceof RefusedPicture ? localize(error.reason, t) : null;
      setFailure(reason ?? t("source.not_taken"));
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
  const preview = sending?.src ?? taken?.preview;
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
            <img src={preview} alt={t("source.preview_alt")} />
          </div>
        ) : (
          <Picture url={url} alt={t("source.preview_alt")} faulty={problem !== undefined} />
        )}
        {sending || taken ? (
          <div class="field">
            <p class="label" dir="auto">
              {sending ? t("source.sending") : taken?.name}
            </p>
            {sending ? (
              <ProgressBar label={t("source.sending")} now={sending.part * 100} max={100} />
            ) : (
              <p class="hint">{taken?.size}</p>
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
            field="image_url"
            label={t("source.image_url_label")}
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
      <Problem text={failure ?? (taken ? problem : undefined)} />
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
  const { where, hours, stays } = session.service.value.uploads;
  if (stays) return <>{t("source.stays")}</>;
  if (!where) return <>{t("source.nowhere")}</>;
  return <>{hours ? t("source.goes_for", { where, hours }) : t("source.goes", { where })}</>;
}
