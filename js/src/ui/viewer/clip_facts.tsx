import type { ComponentChildren } from "preact";
import { useTranslate } from "../i18n/translate";
import type { Job } from "../protocol/generated";
import { useScene } from "../shared/context";
import { clock } from "../state/format";

/** Settings and source of a clip's job, as a list of terms. */
export function ClipFacts({ job }: { job: Job }) {
  const { face } = useScene();
  const t = useTranslate();
  const { settings, parent } = job;
  const options = [
    settings.raw ? t("options.raw") : "",
    settings.loop ? t("options.loop") : "",
    settings.end_image_url ? t("options.end_frame") : "",
  ].filter(Boolean);
  const made = job.created === null ? null : new Date(job.created * 1000);
  return (
    <>
      <dl class="facts">
        {settings.video_type !== null && (
          <Fact term={t("viewer.quality")}>
            {settings.video_type === 1 ? t("options.hd") : t("options.sd")}
          </Fact>
        )}
        {settings.motion && (
          <Fact term={t("viewer.motion")}>
            {settings.motion === "high" ? t("options.high") : t("options.low")}
          </Fact>
        )}
        {options.length > 0 && <Fact term={t("viewer.options")}>{options.join(" · ")}</Fact>}
        {!parent && settings.image_url && (
          <Fact term={t("viewer.from")}>
            <span class="break">{settings.image_url}</span>
          </Fact>
        )}
        {job.elapsed !== null && <Fact term={t("viewer.took")}>{clock(job.elapsed)}</Fact>}
        {job.points.consumed !== null && (
          <Fact term={t("viewer.points")}>{job.points.consumed}</Fact>
        )}
        {made && (
          <Fact term={t("viewer.made")}>
            {made.toLocaleString(t.language, { dateStyle: "medium", timeStyle: "short" })}
          </Fact>
        )}
        <Fact term={t("viewer.in_python")}>
          <code>{face}.selected</code>
        </Fact>
        <Fact term={t("viewer.job")}>
          <code>{job.id}</code>
        </Fact>
      </dl>
      {job.sandbox && <p class="hint">{t("sandbox.explained")}</p>}
      {!job.sandbox && <p class="hint">{t("viewer.link_expires")}</p>}
    </>
  );
}

function Fact({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{term}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  );
}
