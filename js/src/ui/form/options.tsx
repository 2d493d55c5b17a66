import { useEffect, useRef } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import { PictureInput } from "../media/picture_input";
import type { Field, Motion } from "../protocol/generated";
import { useScene } from "../shared/context";
import { Segments, TextField, Toggle } from "../shared/field";
import { ChevronIcon } from "../shared/icons";
import type { ShownProblems } from "./shown_problems";

const EXTRAS = ["raw", "loop", "end_image_url", "callback"] as const;
const OF_VIDEO: readonly Field[] = ["video_type", "motion", "batch_size", ...EXTRAS];
const OF_IMAGES: readonly Field[] = ["callback"];

export function Options({ problems }: { problems: ShownProblems }) {
  const { session } = useScene();
  const t = useTranslate();
  const { drafts } = session;
  const ofVideo = drafts.field("source").value !== "text";
  const details = useRef<HTMLDetailsElement>(null);
  const shown = ofVideo ? OF_VIDEO : OF_IMAGES;
  const set = EXTRAS.filter((field) => shown.includes(field) && drafts.field(field).value).length;
  const motion = drafts.field("motion").value;
  const batch = drafts.field("batch_size").value;
  const values = !ofVideo
    ? []
    : [
        drafts.field("video_type").value === 1 ? t("options.hd") : t("options.sd"),
        motion && `${t("options.motion")}: ${t(`options.${motion}`)}`,
        batch > 0 && `${t("options.videos")}: ${batch}`,
      ].filter(Boolean);
  const hasProblem = shown.some((field) => problems[field]);

  useEffect(() => {
    if (hasProblem && details.current) details.current.open = true;
  }, [hasProblem]);

  return (
    <details class="more" ref={details}>
      <summary>
        <ChevronIcon />
        {t("options.more")}
        <span class="more-values">{values.join(" · ")}</span>
        {set > 0 && <span class="more-set">{t("options.set", { count: set })}</span>}
      </summary>
      <div class="more-body">
        {ofVideo && (
          <>
            <div class="options-row">
              <Segments<number>
                legend={t("options.quality")}
                field="video_type"
                value={drafts.field("video_type").value}
                segments={[
                  { value: 0, label: t("options.sd") },
                  { value: 1, label: t("options.hd") },
                ]}
                choose={(video_type) => drafts.choose({ video_type })}
                hint={t("options.quality_hint")}
                problem={problems.video_type}
              />
              <Segments<Motion>
                legend={t("options.motion")}
                field="motion"
                value={drafts.field("motion").value}
                segments={[
                  { value: "", label: t("options.auto"), title: t("options.motion_auto") },
                  { value: "low", label: t("options.low") },
                  { value: "high", label: t("options.high") },
                ]}
                choose={(motion) => drafts.choose({ motion })}
                hint={t("options.motion_hint")}
                problem={problems.motion}
              />
              <Segments<number>
                legend={t("options.videos")}
                field="batch_size"
                value={drafts.field("batch_size").value}
                segments={[
                  { value: 0, label: t("options.auto"), title: t("options.videos_auto") },
                  ...session.config.value.limits.batch_sizes.map((value) => ({
                    value,
                    label: String(value),
                  })),
                ]}
                choose={(batch_size) => drafts.choose({ batch_size })}
                hint={t("options.videos_hint")}
                problem={problems.batch_size}
              />
            </div>
            <div class="toggles">
              <Toggle
                field="raw"
                label={t("options.raw")}
                hint={t("options.raw_hint")}
                problem={problems.raw}
              />
              <Toggle
                field="loop"
                label={t("options.loop")}
                hint={t("options.loop_hint")}
                problem={problems.loop}
              />
            </div>
            <PictureInput
              field="end_image_url"
              label={t("options.end_frame")}
              hint={t("options.end_frame_hint")}
              own={t("options.end_picture")}
              alt={t("source.end_preview_alt")}
              taken={(name) => t("options.end_taken", { name })}
              problem={problems.end_image_url}
            />
          </>
        )}
        <TextField
          field="callback"
          label={t("options.callback")}
          hint={t("options.callback_hint")}
          placeholder={t("source.image_url_placeholder")}
          inputMode="url"
          problem={problems.callback}
        />
      </div>
    </details>
  );
}
