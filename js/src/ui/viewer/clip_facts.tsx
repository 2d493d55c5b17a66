import type { ComponentChildren } from "preact";
import { useWords } from "../i18n/translate";
import type { Job } from "../protocol/contract";
import { clock } from "../state/time";

/** Prompt, settings and lineage of a clip's job, as a list of terms. */
export function ClipFacts({ job }: { job: Job }) {
  const words = useWords();
  const { settings, parent } = job;
  const options = [
    settings.raw ? words.options.raw : "",
    settings.loop ? words.options.loop : "",
    settings.end_image_url ? words.options.endFrame : "",
  ].filter(Boolean);
  const made = job.created === null ? null : new Date(job.created * 1000);
  return (
    <>
      <dl class="facts">
        {settings.video_type !== null && (
          <Fact term={words.large.quality}>
            {settings.video_type === 1 ? words.options.hd : words.options.sd}
          </Fact>
        )}
        {settings.motion && (
          <Fact term={words.large.motion}>
            {settings.motion === "high" ? words.options.high : words.options.low}
          </Fact>
        )}
        {options.length > 0 && <Fact term={words.large.options}>{options.join(" · ")}</Fact>}
        {!parent && settings.image_url && (
          <Fact term={words.large.from}>
            <span class="break">{settings.image_url}</span>
          </Fact>
        )}
        {job.elapsed !== null && <Fact term={words.large.took}>{clock(job.elapsed)}</Fact>}
        {job.points.consumed !== null && (
          <Fact term={words.large.points}>{job.points.consumed}</Fact>
        )}
        {made && (
          <Fact term={words.large.made}>
            {made.toLocaleString(words.language, { dateStyle: "medium", timeStyle: "short" })}
          </Fact>
        )}
        <Fact term={words.large.inPython}>
          <code>studio.selected</code>
        </Fact>
        <Fact term={words.large.job}>
          <code>{job.id}</code>
        </Fact>
      </dl>
      {job.sandbox && <p class="hint">{words.sandbox.explained}</p>}
      {!job.sandbox && <p class="hint">{words.large.linkExpires}</p>}
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
