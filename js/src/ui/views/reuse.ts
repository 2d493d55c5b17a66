import type { Inputs, Job, Motion } from "../contract";

/** The inputs that would make this job again; null for kinds that the form does not make. */
export function inputsOf(job: Job): Partial<Inputs> | null {
  if (job.kind === "diffusion") return { source: "text", prompt: job.prompt };
  if (job.kind !== "video_diffusion") return null;
  const { settings, parent } = job;
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
