import type { Inputs, Job, Motion } from "../contract";

/** Characters to which Python cuts a prompt in a snapshot. */
const CUT_AT = 600;

/**
 * The inputs that would make this job again; null for kinds that the form does not make, and where
 * the job is not wholly known: a prompt that was cut for the way here must not be sent again so.
 */
export function inputsOf(job: Job): Partial<Inputs> | null {
  if (job.prompt.endsWith("…") && job.prompt.length >= CUT_AT) return null;
  if (job.kind === "diffusion") return { source: "text", prompt: job.prompt };
  if (job.kind !== "video_diffusion") return null;
  const { settings, parent } = job;
  if (!parent && !settings.image_url) return null;
  const motion: Motion =
    settings.motion === "low" || settings.motion === "high" ? settings.motion : "";
  return {
    source: parent ? "image_job" : "image_url",
    prompt: job.prompt,
    image_url: settings.image_url ?? "",
    source_job_id: parent?.job_id ?? "",
    image_no: parent?.index ?? 0,
    video_type: settings.video_type ?? 0,
    motion,
    raw: settings.raw,
    loop: settings.loop,
    end_image_url: settings.end_image_url ?? "",
    batch_size: settings.batch_size ?? 0,
  };
}
