import { useWords } from "../i18n/translate";
import { usePicture } from "../media/use_image";
import type { Sample, Source } from "../protocol/contract";
import { useScene } from "../shared/context";
import { Segments, TextField } from "../shared/field";
import { ImageIcon, StackIcon, TextIcon } from "../shared/icons";
import { Picture } from "../shared/picture";
import { ImageJobPicker, TextResults } from "./image_picker";
import type { ShownProblems } from "./shown_problems";

/** Where the clip begins: a link, an image of an earlier job, or words that become images. */
export function SourcePicker({ problems }: { problems: ShownProblems }) {
  const { session } = useScene();
  const words = useWords();
  const source = session.drafts.field("source").value;
  return (
    <section class="source" aria-label={words.source.legend}>
      <Segments<Source>
        legend={words.source.legend}
        field="source"
        large
        value={source}
        segments={[
          { value: "image_url", label: words.source.image_url, icon: <ImageIcon /> },
          { value: "image_job", label: words.source.image_job, icon: <StackIcon /> },
          { value: "text", label: words.source.text, icon: <TextIcon /> },
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
  const words = useWords();
  const url = session.drafts.field("image_url").value;
  const samples = session.service.value.sandbox ? session.service.value.samples : [];
  return (
    <>
      <TextField
        field="image_url"
        label={words.source.imageUrl}
        placeholder={words.source.imageUrlPlaceholder}
        inputMode="url"
        problem={problem}
      />
      <Picture url={url} alt={words.source.previewAlt} />
      {samples.length > 0 && (
        <fieldset class="samples">
          <legend class="label">{words.source.samples}</legend>
          <ul class="thumbs">
            {samples.map((sample) => (
              <li key={sample.url}>
                <SampleButton
                  sample={sample}
                  chosen={url === sample.url}
                  choose={() => {
                    session.drafts.choose({ image_url: sample.url });
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

interface SampleButtonProps {
  sample: Sample;
  chosen: boolean;
  choose(): void;
}

/** A picture to click; where the browser cannot reach it, its name. */
function SampleButton({ sample, chosen, choose }: SampleButtonProps) {
  const { session } = useScene();
  const words = useWords();
  const { src, onError } = usePicture(session, sample.url);
  return (
    <button
      type="button"
      class="thumb"
      title={sample.title}
      aria-label={words.source.useSample(sample.title)}
      aria-pressed={chosen}
      onClick={choose}
    >
      {src ? (
        <img src={src} alt="" referrerpolicy="no-referrer" onError={onError} />
      ) : (
        <span class="thumb-name">{sample.title}</span>
      )}
    </button>
  );
}
