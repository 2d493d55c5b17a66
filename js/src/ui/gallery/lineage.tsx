import { useEffect, useRef } from "preact/hooks";
import { localize, nameOf, titleOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Job } from "../protocol/generated";
import { useScene } from "../shared/context";
import { Problem } from "../shared/field";
import { LineageIcon, NextIcon, Spinner } from "../shared/icons";

/** The job that this one was made from, as a link to it; one that is not loaded is looked up. */
export function CameFrom({ job, onJump }: { job: Job; onJump?: () => void }) {
  const { face, session, view } = useScene();
  const t = useTranslate();
  const { parent } = job;
  const asked = useRef(false);
  const origin = parent ? session.jobs.state.value.byId.get(parent.job_id)?.job : undefined;
  const lookup = session.lookup.value;
  const mine = parent && lookup?.jobId === parent.job_id ? lookup : null;
  const running = mine?.state === "running";

  const show = () => {
    if (!parent) return;
    onJump?.();
    view.reveal.value = { jobId: parent.job_id, index: parent.index };
  };
  // Only where it was asked for: another card may have the same parent.
  useEffect(() => {
    if (!asked.current || (!origin && mine?.state !== "failed")) return;
    asked.current = false;
    if (origin) show();
  });

  if (!parent) return null;
  const title = origin ? titleOf(origin, t) : parent.job_id.slice(0, 8);
  const number = parent.index + 1;
  const text =
    job.kind === "extend_video"
      ? t("lineage.extended", { number, title })
      : job.kind === "video_upscale"
        ? t("lineage.upscaled", { number, title })
        : t("lineage.image", { number, title });
  // A gallery alone shows the jobs that it was given; only a studio can look up others.
  if (!origin && face === "gallery") {
    return (
      <p class="hint" dir="auto">
        {text}
      </p>
    );
  }
  return (
    <>
      <button
        type="button"
        class="link-button lineage"
        title={t("lineage.show", { title })}
        aria-disabled={running ? "true" : undefined}
        onClick={() => {
          if (origin) return show();
          asked.current = true;
          if (!running) session.lookUpJob(parent.job_id);
        }}
      >
        {running ? <Spinner /> : <LineageIcon />}
        <span dir="auto">{text}</span>
      </button>
      {!origin && mine?.state === "failed" && (
        <div role="alert">
          <Problem text={localize(mine.error, t)} />
        </div>
      )}
    </>
  );
}

/** The jobs made from one clip or image, newest first. */
export function LedTo({ job, index, onJump }: { job: Job; index: number; onJump: () => void }) {
  const { session, view } = useScene();
  const t = useTranslate();
  const next = session.jobs.ordered.value.filter(
    ({ job: { parent } }) => parent?.job_id === job.id && parent.index === index,
  );
  if (next.length === 0) return null;
  return (
    <div class="led-to">
      <p class="label">{t("lineage.led_to")}</p>
      <ul class="plain-list">
        {next.map(({ job: child }) => (
          <li key={child.id}>
            <button
              type="button"
              class="link-button lineage"
              onClick={() => {
                onJump();
                view.reveal.value = { jobId: child.id, index: 0 };
              }}
            >
              <NextIcon />
              <span dir="auto">
                {nameOf(t, "kind", child.kind)} · {nameOf(t, "status", child.status)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
