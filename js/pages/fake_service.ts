import type { FakeKernel } from "./fake_kernel";
import { manyJobs, runningJob, serviceMessage, videoJob } from "./fixtures";

type Values = Record<string, unknown>;
const CHUNK = 64 * 1024;

/** Make a fake kernel answer as a Python one would, with jobs that take a few seconds. */
export function serve(kernel: FakeKernel): void {
  kernel.answer = (message) => {
    const made = Number(kernel.get("_made_before") ?? 0);
    if (made > 0 && message.takes === "ask") {
      askFirst(kernel, message, made);
      return;
    }
    if (message.type === "submit") void acceptJob(kernel, message);
    if (message.type === "extend" || message.type === "upscale") {
      void acceptJob(kernel, { ...message, inputs: message });
    }
    if (message.type === "submit_many") void sendBatch(kernel, message);
    if (message.type === "page") setTimeout(() => sendPage(kernel, message), 120);
    if (message.type === "describe") describe(kernel, message);
    if (message.type === "save_key") {
      const error = serviceMessage("The service does not know this key.");
      setTimeout(() => kernel.emit({ type: "key_saved", ask: message.ask, error }), 700);
    }
    if (message.type === "pack") {
      const answer = {
        type: "packed",
        ask: message.ask,
        name: "clips.zip",
        missing: 0,
        error: null,
      };
      setTimeout(() => kernel.emit(answer), 300);
    }
    if (message.type === "export") {
      const answer = {
        type: "exported",
        ask: message.ask,
        path: "/home/ann/legnext-export",
        error: null,
      };
      setTimeout(() => kernel.emit(answer), 300);
    }
    if (message.type === "known_picture") void sendPicture(kernel, message, String(message.link));
    if (message.type === "picture") takePart(kernel, message);
    if (message.type === "media") void sendChunk(kernel, message);
    if (message.type === "look_up") {
      const error = serviceMessage("The service knows no such job.");
      setTimeout(() => kernel.emit({ type: "looked_up", job_id: message.job_id, error }), 700);
    }
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function acceptJob(kernel: FakeKernel, { click, inputs }: Values): Promise<void> {
  const base = { click, job_id: null, message: null, next: null, field: null, candidates: [] };
  kernel.change({ busy: true, _submission: { ...base, phase: "sending" } });
  await pause(600);
  const prompt = (inputs as Values).prompt;
  const finished = videoJob({ prompt, created: Date.now() / 1000 }, "dusk-wide");
  const job = { ...runningJob({ prompt }), id: finished.id, created: finished.created };
  kernel.change({ busy: false, _submission: { ...base, phase: "accepted", job_id: job.id } });
  const steps = [
    { ...job, status: "pending", elapsed: 0, remaining: null },
    { ...job, status: "staged", elapsed: 1, remaining: 5 },
    { ...job, status: "processing", elapsed: 2, remaining: 4 },
    finished,
  ];
  for (const step of steps) {
    const known = kernel.get("_live") as { revision: number };
    kernel.change({ _live: { revision: known.revision + 1, since: known.revision, jobs: [step] } });
    await pause(1500);
  }
}

function askFirst(kernel: FakeKernel, { click }: Values, made_before: number): void {
  kernel.change({ _submission: { click, phase: "made_before", job_id: "earlier", made_before } });
}

async function sendPicture(kernel: FakeKernel, { ask }: Values, link: string): Promise<void> {
  const name = link.replace("picture:", "");
  const known = name.endsWith(".jpg");
  const preview = known ? await dataLink(new URL(`media/${name}`, location.href)) : null;
  const picture = { link, name: `holiday-${name}`, size: "2048 x 1365, 812 KB", preview };
  const error = serviceMessage("The kernel does not have this picture any more. Give it again.");
  kernel.emit({
    type: "picture",
    ask,
    picture: known ? picture : null,
    error: known ? null : error,
  });
}

async function dataLink(address: URL): Promise<string> {
  const blob = await (await fetch(address)).blob();
  return new Promise((ready) => {
    const reader = new FileReader();
    reader.onload = () => ready(String(reader.result));
    reader.readAsDataURL(blob);
  });
}

/** Take a small file at once; of a large one only the first part, so that it is seen on its way. */
function takePart(kernel: FakeKernel, message: Values): void {
  const { ask, name, part, parts } = message;
  if (name === "note.jpg") {
    const error = serviceMessage("This is a text file, not a supported image (JPEG, PNG, WebP).");
    kernel.emit({ type: "picture", ask, picture: null, error });
  } else if (parts === 1) {
    void sendPicture(kernel, message, "picture:dusk-wide-0.jpg");
  } else if (part === 0) {
    kernel.emit({ type: "picture", ask, picture: null, error: null });
  }
}

async function sendBatch(kernel: FakeKernel, { click, prompts }: Values): Promise<void> {
  const total = (prompts as string[]).length;
  for (let at = 0; at <= total; at += 1) {
    const state = at === total ? "done" : "running";
    const sent = Math.min(total, at + 3);
    kernel.change({ _batch: { click, total, sent, done: at, failed: 0, state, jobs: [] } });
    await pause(500);
  }
}

const LIBRARY = 1000;

function sendPage(kernel: FakeKernel, { ask, before, search, favourite }: Values): void {
  const wanted = String(search).toLowerCase();
  const all = manyJobs(LIBRARY).filter(
    (job) => String(job.prompt).toLowerCase().includes(wanted) && (!favourite || job.favourite),
  );
  const from = Number(before ?? 0);
  const jobs = all.slice(from, from + 24);
  const next = from + 24 < all.length ? String(from + 24) : null;
  kernel.emit({ type: "paged", ask, jobs, next, total: all.length });
}

function describe(kernel: FakeKernel, { ask, inputs, prompts }: Values): void {
  const { prompt, image_url } = inputs as Record<string, string>;
  const many = prompts as string[] | null;
  const text = `${image_url} ${many?.[0] ?? prompt}`.trim();
  const json = JSON.stringify({ text, video_type: 1 }, null, 2);
  kernel.emit({
    type: "described",
    ask,
    requests: many?.length ?? 1,
    points: 480,
    over_budget: false,
    json,
    curl: `curl https://api.legnext.ai/api/v1/video-diffusion \\\n  -H "x-api-key: $LEGNEXT_API_KEY" \\\n  --json '${json}'`,
    python: `import legnext_widgets as lw\n\nclient = lw.Client()\njob = client.video_diffusion(\n    ${JSON.stringify(text)},\n    video_type=1,\n)`,
    problem: null,
  });
}

async function sendChunk(kernel: FakeKernel, message: Values): Promise<void> {
  const poster = message.media === "poster";
  const file = `media/dunes-wide-${message.index}.${poster ? "jpg" : "mp4"}`;
  const bytes = await (await fetch(new URL(file, location.href))).arrayBuffer();
  const chunk = Number(message.chunk);
  const part = bytes.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
  const chunks = Math.ceil(bytes.byteLength / CHUNK);
  kernel.emit(
    {
      type: "media",
      pull: message.pull,
      chunk,
      chunks,
      bytes: bytes.byteLength,
      mime: poster ? "image/jpeg" : "video/mp4",
    },
    [new DataView(part)],
  );
}
