import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../i18n/translate";
import type { Motion } from "../protocol/contract";
import { useScene } from "../shared/context";
import { Segments, TextField, Toggle } from "../shared/field";
import { ChevronIcon } from "../shared/icons";
import { Picture } from "../shared/picture";
import { webLink } from "../state/links";
import type { ShownProblems } from "./shown_problems";

const TUCKED_AWAY = ["raw", "loop", "end_image_url", "callback"] as const;

export function Options({ problems }: { problems: ShownProblems }) {
  const { session } = useScene();
  const words = useWords();
  const { drafts } = session;
  const ofVideo = drafts.field("source").value !== "text";
  const details = useRef<HTMLDetailsElement>(null);
  const shown = ofVideo ? TUCKED_AWAY : (["callback"] as const);
  const set = shown.filter((field) => drafts.field(field).value).length;
  const troubled = shown.some((field) => problems[field]);

  useEffect(() => {
    if (troubled && details.current) details.current.open = true;
  }, [troubled]);

  return (
    <>
      {ofVideo && (
        <div class="options-row">
          <Segments<number>
            legend={words.options.quality}
            field="video_type"
            value={drafts.field("video_type").value}
            segments={[
              { value: 0, label: words.options.sd },
              { value: 1, label: words.options.hd },
            ]}
            choose={(video_type) => drafts.choose({ video_type })}
            problem={problems.video_type}
          />
          <Segments<Motion>
            legend={words.options.motion}
            field="motion"
            value={drafts.field("motion").value}
            segments={[
              { value: "", label: words.options.auto, title: words.options.motionAuto },
              { value: "low", label: words.options.low },
              { value: "high", label: words.options.high },
            ]}
            choose={(motion) => drafts.choose({ motion })}
            problem={problems.motion}
          />
          <Segments<number>
            legend={words.options.videos}
            field="batch_size"
            value={drafts.field("batch_size").value}
            segments={[
              { value: 0, label: words.options.auto, title: words.options.videosAuto },
              ...session.config.value.batchSizes.map((value) => ({ value, label: String(value) })),
            ]}
            choose={(batch_size) => drafts.choose({ batch_size })}
            problem={problems.batch_size}
          />
        </div>
      )}
      <details class="more" ref={details}>
        <summary>
          <ChevronIcon />
          {words.options.more}
          {set > 0 && <span class="more-set">{words.options.set(set)}</span>}
        </summary>
        <div class="more-body">
          {ofVideo && (
            <>
              <div class="toggles">
                <Toggle
                  field="raw"
                  label={words.options.raw}
                  hint={words.options.rawHint}
                  problem={problems.raw}
                />
                <Toggle
                  field="loop"
                  label={words.options.loop}
                  hint={words.options.loopHint}
                  problem={problems.loop}
                />
              </div>
              <TextField
                field="end_image_url"
                label={words.options.endFrame}
                hint={words.options.endFrameHint}
                placeholder={words.source.imageUrlPlaceholder}
                inputMode="url"
                problem={problems.end_image_url}
              />
              {webLink(drafts.field("end_image_url").value) && (
                <Picture
                  url={drafts.field("end_image_url").value}
                  alt={words.source.endPreviewAlt}
                  small
                />
              )}
            </>
          )}
          <TextField
            field="callback"
            label={words.options.callback}
            hint={words.options.callbackHint}
            placeholder={words.source.imageUrlPlaceholder}
            inputMode="url"
            problem={problems.callback}
          />
        </div>
      </details>
    </>
  );
}
