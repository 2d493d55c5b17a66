import { ClipTile } from "../gallery/tiles/clip_tile";
import { nameOf, titleOf } from "../i18n/localize";
import { type Translate, useTranslate } from "../i18n/translate";
import type { Batch, Job } from "../protocol/generated";
import { type Scene, useScene } from "../shared/context";
import { ProgressBar } from "../shared/progress";
import { parametersOf, type VariedSetting, variedSettings } from "../state/batch_table";
import { clipsOf } from "../state/chosen_clips";
import { progressNow, type TimedJob } from "../state/jobs";
import { timeText } from "./time_text";

/** More columns than this are rows: a clip must stay large enough to be seen. */
const MOST_ACROSS = 6;
const NOTHING = "–";

/** What jobs differ in: a place in their prompts, which has no name, or a setting. */
interface Parameter {
  name: string;
  values: readonly string[];
}

export const dismissalOf = (batch: Batch): string => `batch/${batch.click}`;

/** The jobs that the table of the newest batch shows; one job is no table. */
export function tabledJobs({ session, view }: Scene): readonly TimedJob[] {
  const batch = session.batch.value;
  if (!batch || view.dismissed.value.has(dismissalOf(batch))) return [];
  const { byId } = session.jobs.state.value;
  const jobs = batch.jobs.flatMap((id) => byId.get(id) ?? []);
  return jobs.length > 1 ? jobs : [];
}

/**
 * The jobs of a batch by what their prompts and settings differ in, with one clip of each: the
 * last parameter makes the columns.
 */
export function BatchTable() {
  const t = useTranslate();
  const jobs = tabledJobs(useScene());
  if (jobs.length === 0) return null;
  const parameters = parametersIn(
    jobs.map(({ job }) => job),
    t,
  );
  const last = parameters.at(-1);
  const across =
    parameters.length > 1 && last && new Set(last.values).size <= MOST_ACROSS ? last : null;
  const down = across ? parameters.slice(0, -1) : parameters;
  const cells = jobs.map((timed, at) => {
    const row = down.map(({ values }) => values[at] || NOTHING);
    return { timed, line: JSON.stringify(row), column: across?.values[at] || NOTHING };
  });
  const heads = [...new Set(cells.map(({ column }) => column))];
  const lines = [...new Set(cells.map(({ line }) => line))];
  return (
    <table class="batch-table" aria-label={t("batch.table")}>
      {(across || down.some(({ name }) => name)) && (
        <thead>
          <tr>
            {down.map(({ name }, at) => (name ? <th key={at}>{name}</th> : <td key={at} />))}
            {heads.map((head) =>
              across ? (
                <th key={head} scope="col" dir="auto">
                  {across.name ? `${across.name}: ${head}` : head}
                </th>
              ) : (
                <td key={head} />
              ),
            )}
          </tr>
        </thead>
      )}
      <tbody>
        {lines.map((line) => (
          <tr key={line}>
            {(JSON.parse(line) as string[]).map((value, at) => (
              <th key={at} scope="row" dir="auto">
                {value}
              </th>
            ))}
            {heads.map((head) => (
              <td key={head}>
                {cells
                  .filter((cell) => cell.column === head && cell.line === line)
                  .map(({ timed }) => (
                    <Cell key={timed.job.id} timed={timed} />
                  ))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function parametersIn(jobs: readonly Job[], t: Translate): readonly Parameter[] {
  const settings = variedSettings(jobs.map((job) => job.settings)).map((setting) => ({
    name: nameOfSetting(setting.name, t),
    values: setting.values.map((value) => textOfSetting(setting.name, value, t)),
  }));
  const prompts = jobs.map(({ prompt }) => prompt);
  // With one prompt for all, only the settings tell the jobs apart.
  if (settings.length > 0 && new Set(prompts).size === 1) return settings;
  const { rows, columns } = parametersOf(prompts);
  const places = Array.from({ length: columns }, (_, at) => ({
    name: "",
    values: rows.map((row) => row[at] ?? ""),
  }));
  return [...places, ...settings];
}

function nameOfSetting(name: VariedSetting["name"], t: Translate): string {
  switch (name) {
    case "video_type":
      return t("options.quality");
    case "motion":
      return t("options.motion");
    case "raw":
      return t("options.raw");
    case "loop":
      return t("options.loop");
    case "batch_size":
      return t("options.videos");
    case "image_url":
      return t("viewer.from");
    case "end_image_url":
      return t("options.end_frame");
  }
}

function textOfSetting(
  name: VariedSetting["name"],
  value: VariedSetting["values"][number],
  t: Translate,
): string {
  if (name === "raw" || name === "loop") return value ? "✓" : NOTHING;
  if (name === "image_url" || name === "end_image_url") return fileOf(value);
  if (value === null) return t("options.auto");
  if (name === "video_type") return t(value === 1 ? "options.hd" : "options.sd");
  if (name === "motion") return t(value === "high" ? "options.high" : "options.low");
  return String(value);
}

/** The last part of a link, which is short enough for a table. */
const fileOf = (link: unknown): string =>
  String(link ?? "")
    .replace(/[?#].*$/, "")
    .split("/")
    .filter(Boolean)
    .at(-1) ?? NOTHING;

/** The favourite clip of a job, else its first; while it has none, how far it is. */
function Cell({ timed }: { timed: TimedJob }) {
  const { view } = useScene();
  const t = useTranslate();
  const { job } = timed;
  const clips = clipsOf([job]).filter(({ media }) => !media.hidden);
  const best = clips.find(({ media }) => media.favourite) ?? clips[0];
  if (!best) {
    const status = nameOf(t, "status", job.status);
    if (job.done) return <span class="status-word">{status}</span>;
    const now = view.now.value;
    const progress = progressNow(timed, now);
    return (
      <div class="batch-cell" data-job-id={job.id} tabIndex={-1}>
        <span class="status-word">{status}</span>
        <ProgressBar
          label={t("queue.progress", { title: titleOf(job, t) })}
          now={progress === null ? null : progress * 100}
          max={100}
        />
        <span class="queue-meta">{timeText(timed, now, t)}</span>
      </div>
    );
  }
  return <ClipTile job={job} media={best.media} title={job.prompt} onRatio={() => undefined} />;
}
