import { useTranslate } from "../i18n/translate";
import { PictureInput } from "../media/picture_input";
import { useLinkedImage } from "../media/use_image";
import type { Example, Source } from "../protocol/generated";
import { useScene } from "../shared/context";
import { Segments } from "../shared/field";
import { ImageIcon, StackIcon, TextIcon } from "../shared/icons";
import { linkAtHead } from "../values/prompt";
import { ImageJobPicker, TextResults } from "./image_picker";
import type { ShownProblems } from "./shown_problems";

/** The source of a clip: a link, an image of an earlier job, or text that becomes images. */
export function SourcePicker({ problems }: { problems: ShownProblems }) {
  const { session } = useScene();
  const t = useTranslate();
  const source = session.drafts.field("source").value;
  return (
    <section class="source" aria-label={t("source.legend")}>
      <Segments<Source>
        legend={t("source.legend")}
        field="source"
        large
        value={source}
        segments={[
          { value: "image_url", label: t("source.image_url"), icon: <ImageIcon /> },
          { value: "image_job", label: t("source.image_job"), icon: <StackIcon /> },
          { value: "text", label: t("source.text"), icon: <TextIcon /> },
        ]}
        choose={(value) => session.drafts.choose({ source: value })}
      />
      {source === "image_url" && <ImageLink problem={problems.image_url} />}
      {source === "image_job" && <ImageJobPicker problems={problems} />}
      {source === "text" && <TextResults />}
    </section>
  );
}

function ImageLink({ problem }: { problem: string | undefined }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const url = session.drafts.field("image_url").value;
  const prompt = session.drafts.field("prompt").value;
  const examples = session.service.value.sandbox ? session.service.value.examples : [];
  return (
    <>
      <PictureInput
        field="image_url"
        label={t("source.image_url_label")}
        own={t("source.picture")}
        alt={t("source.preview_alt")}
        taken={(name) => t("source.taken", { name })}
        problem={problem}
      />
      {!url.trim() && prompt.trim() && !linkAtHead(prompt) && (
        <p class="offer">
          {t(examples.length > 0 ? "source.offer_samples" : "source.offer")}{" "}
          <button
            type="button"
            class="link-button"
            onClick={() => session.drafts.choose({ source: "text" })}
          >
            {t("source.offer_words")}
          </button>
        </p>
      )}
      {examples.length > 0 && (
        <fieldset class="samples">
          <legend class="label">{t("source.examples")}</legend>
          <ul class="thumbs">
            {examples.map((example, index) => (
              <li key={example.url}>
                <ExampleButton
                  example={example}
                  thumbnail={session.samples[index]}
                  chosen={url === example.url}
                  choose={() => {
                    session.drafts.choose({ image_url: example.url });
                    view.touch("image_url");
                  }}
                />
              </li>
            ))}
          </ul>
        </fieldset>
      )}
    </>
  );
}

interface ExampleButtonProps {
  example: Example;
  thumbnail: string | undefined;
  chosen: boolean;
  choose(): void;
}

/** A picture to click, or its name where the browser cannot reach it. */
function ExampleButton({ example, thumbnail, chosen, choose }: ExampleButtonProps) {
  const { session } = useScene();
  const t = useTranslate();
  const linked = useLinkedImage(session, thumbnail ? null : example.url);
  const src = thumbnail ?? linked.src;
  return (
    <button
      type="button"
      class="thumb"
      title={example.title}
      aria-label={t("source.use_example", { title: example.title })}
      aria-pressed={chosen}
      onClick={choose}
    >
      {src ? (
        <img src={src} alt="" referrerpolicy="no-referrer" onError={linked.onError} />
      ) : (
        <span class="thumb-name">{example.title}</span>
      )}
    </button>
  );
}
