import { ClipTile } from "../gallery/clip_tile";
import { nameOf } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import type { Batch, Job } from "../protocol/generated";
import { useScene } from "../shared/context";
import { parametersOf } from "../state/batch_table";
import { clipsOf } from "../state/ticks";

/** More columns than this are rows: a clip must stay large enough to be seen. */
const MOST_ACROSS = 6;

/**
 * The jobs of a batch by what their prompts differ in, with one clip of each: the last place at
 * which they differ makes the columns.
 */
export function BatchTable({ batch }: { batch: Batch }) {
  const { session } = useScene();
  const t = useTranslate();
  const { byId } = session.jobs.state.value;
  const jobs = batch.jobs.flatMap((id) => byId.get(id)?.job ?? []);
  if (jobs.length < 2) return null;
  const { rows, columns } = parametersOf(jobs.map(({ prompt }) => prompt));
  const last = new Set(rows.map((values) => values.at(-1)));
  const across = columns > 1 && last.size <= MOST_ACROSS;
  const cells = jobs.map((job, at) => {
    const values = rows[at] ?? [];
    const row = across ? values.slice(0, -1) : values;
    return { job, row, column: across ? (values.at(-1) ?? "") : "" };
  });
  const heads = [...new Set(cells.map(({ column }) => column))];
  const lines = [...new Set(cells.map(({ row }) => JSON.stringify(row)))];
  return (
    <table class="batch-table" aria-label={t("batch.table")}>
      {across && (
        <thead>
          <tr>
            <td colSpan={columns - 1} />
            {heads.map((head) => (
              <th key={head} scope="col" dir="auto">
                {head || "–"}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {lines.map((line) => (
          <tr key={line}>
            {(JSON.parse(line) as string[]).map((value, at) => (
              <th key={at} scope="row" dir="auto">
                {value || "–"}
              </th>
            ))}
            {heads.map((head) => (
              <td key={head}>
                {cells
                  .filter(({ row, column }) => column === head && JSON.stringify(row) === line)
                  .map(({ job }) => (
                    <Cell key={job.id} job={job} />
                  ))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The favourite clip of a job, else its first; its status while it has none. */
function Cell({ job }: { job: Job }) {
  const t = useTranslate();
  const clips = clipsOf([job]).filter(({ media }) => !media.hidden);
  const best = clips.find(({ media }) => media.favourite) ?? clips[0];
  if (!best) return <span class="status-word">{nameOf(t, "status", job.status)}</span>;
  return <ClipTile job={job} media={best.media} title={job.prompt} onRatio={() => undefined} />;
}
