/** Trait values for every state that a studio can be in, as Python would send them. */

import shared from "../../tests/protocol/messages.json";

const english = { ...shared.messages, ...shared.reasons };

type Values = Record<string, unknown>;

/** A message of the kernel, as Python sends it. */
export function kernelMessage(code: keyof typeof english, values: Values = {}): Values {
  const shown = (value: unknown) => (value as Values | undefined)?.text ?? value;
  const text = english[code].replace(/\{(\w+)\}/g, (_, name) => String(shown(values[name])));
  return { text, code, values };
}

const BROKE = kernelMessage("broke", { error: "ReadError" });

/** A message of the service, which has no translation. */
export const serviceMessage = (text: string): Values => ({ text, code: null, values: {} });

const NOW = Date.now() / 1000;
const media = (name: string) => new URL(`media/${name}`, location.href).href;

export const PROMPTS = {
  dunes: "Slow dolly over wind-carved dunes at golden hour, sand drifting off the ridges",
  fjord: "Mist lifts from a still fjord while the camera glides forward, low over the water",
  dusk: "City hills at dusk, lights come on one by one, gentle parallax",
  meadow: "A meadow breathing in the wind, pollen in the backlight",
  long: `A single continuous take. ${"The camera moves through an abandoned greenhouse where ferns have taken the floor, past panes that fog and clear, towards a door that is already open; dust turns in the light. ".repeat(9)}`,
  arabic: "غروب الشمس فوق الكثبان الرملية، والكاميرا تتحرك ببطء نحو الأفق 🌅",
  hostile: `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"'\`{{7*7}}`,
};

let count = 0;

/** Starts ids and times afresh: each further job is a minute older than the one before. */
export function resetJobs(): void {
  count = 0;
}

function id(): string {
  count += 1;
  return `c6821434-5e41-408f-b42b-${String(count).padStart(12, "0")}`;
}

export function videoJob(changes: Values = {}, scene = "dunes-wide", clips = 4): Values {
  return {
    id: id(),
    kind: "video_diffusion",
    status: "completed",
    done: true,
    prompt: PROMPTS.dunes,
    settings: {
      video_type: 1,
      motion: "high",
      raw: false,
      loop: false,
      batch_size: null,
      image_url: media(`${scene}-0.jpg`),
      end_image_url: null,
    },
    parent: null,
    sandbox: true,
    created: NOW - 60 * count,
    elapsed: 236,
    remaining: null,
    points: { frozen: null, consumed: 480 },
    error: null,
    warning: null,
    media: Array.from({ length: clips }, (_, index) => ({
      kind: "video",
      index,
      url: media(`${scene}-${index}.mp4`),
      expires: NOW + 3600,
      pull: true,
      poster: false,
      kept: false,
      favourite: index === 1 && changes.favourite === true,
      note: "",
      hidden: false,
    })),
    favourite: false,
    note: "",
    hidden: false,
    can: { extend: true, upscale: true, animate: false, reuse: true },
    ...changes,
  };
}

export function imageJob(changes: Values = {}, scene = "meadow-wide"): Values {
  return {
    ...videoJob({}, scene),
    kind: "diffusion",
    prompt: PROMPTS.meadow,
    settings: {},
    elapsed: 42,
    points: { frozen: null, consumed: 80 },
    media: Array.from({ length: 4 }, (_, index) => ({
      kind: "image",
      index,
      url: media(`${scene}-${index}.jpg`),
      expires: null,
      pull: true,
      poster: false,
      kept: false,
    })),
    can: { extend: false, upscale: false, animate: true, reuse: true },
    ...changes,
  };
}

export function runningJob(changes: Values = {}): Values {
  return videoJob({
    can: { extend: false, upscale: false, animate: false, reuse: true },
    status: "processing",
    done: false,
    elapsed: 97,
    remaining: 118,
    points: { frozen: 480, consumed: null },
    media: [],
    ...changes,
  });
}

export function failedJob(changes: Values = {}): Values {
  return videoJob({
    can: { extend: false, upscale: false, animate: false, reuse: true },
    status: "failed",
    done: true,
    prompt: PROMPTS.dusk,
    elapsed: 31,
    points: { frozen: null, consumed: 0 },
    media: [],
    error: {
      message: serviceMessage("The image could not be loaded from its link."),
      next: kernelMessage("next_change"),
    },
    ...changes,
  });
}

export function live(jobs: readonly Values[], revision = 7): Values {
  return { revision, since: 0, jobs, total: jobs.length };
}

export const BARE: Values = {
  _face: "studio",
  source: "image_url",
  prompt: "",
  image_url: "",
  source_job_id: "",
  image_no: 0,
  video_type: 0,
  motion: "",
  raw: false,
  loop: false,
  end_image_url: "",
  batch_size: 0,
  callback: "",
  busy: false,
  _config: {
    limits: { prompt: 8192, images: 4, batch_sizes: [1, 2, 4] },
    final_statuses: ["completed", "failed"],
    locale: null,
  },
  _service: {
    sandbox: true,
    speed: 60,
    host: "127.0.0.1",
    note: null,
    has_key: false,
    private_urls: true,
    examples: ["dunes", "fjord", "dusk", "meadow"].map((title) => ({
      title,
      url: media(`${title}-wide-0.jpg`),
    })),
    uploads: { where: "the sandbox", hours: null, stays: true },
  },
  _live: live([], 0),
  _submission: null,
  _selected: null,
  _batch: null,
  _account: {},
};

const LATEST = { created: NOW + 1 };
const REAL = {
  sandbox: false,
  speed: 1,
  host: "api.legnext.ai",
  note: null,
  has_key: true,
  private_urls: false,
  uploads: { where: "s3://ann-pictures/legnext", hours: 24, stays: false },
};
const FILLED = {
  prompt: PROMPTS.dunes,
  get image_url() {
    return media("dunes-wide-0.jpg");
  },
  video_type: 1,
  motion: "high",
};

function outcome(phase: string, message: Values, more: Values = {}): Values {
  const base = { click: "fixture", phase, job_id: null, message, next: null };
  return { ...base, field: null, candidates: [], ...more };
}

/** A request of an earlier session with an unknown outcome. */
const CANDIDATES = [{ id: "c6821434-5e41-408f-b42b-2562306b109c", created: NOW - 2 }];

export function uncertainJob(changes: Values = {}): Values {
  return videoJob({
    id: "attempt:6f1d7c52-1f0e-4a55-9a51-0c7a7a4f2b11",
    status: "uncertain",
    done: true,
    prompt: PROMPTS.fjord,
    elapsed: null,
    points: { frozen: null, consumed: null },
    media: [],
    can: { extend: false, upscale: false, animate: false, reuse: true },
    error: {
      message: kernelMessage("uncertain_unasked", { reason: BROKE }),
      next: kernelMessage("next_look"),
    },
    ...changes,
  });
}

const LIBRARY = {
  path: "/home/ada/.local/share/legnext",
  bytes: 187e6,
  jobs: 106,
  shown: 106,
  keeps: true,
  problems: [],
};

export const ACCOUNT: Values = {
  balance: 99_520,
  low: false,
  budget: null,
  costs: { video_diffusion: 480, extend_video: 480, video_upscale: 120, diffusion: 80 },
  library: LIBRARY,
  recalled: 0,
};

const SCENES = ["dunes-wide", "fjord-wide", "dusk-tall", "meadow-wide"] as const;

/** Jobs of a large library, newest first, three a day. */
export function manyJobs(count: number, from = 0): Values[] {
  return Array.from({ length: count }, (_, at) => {
    const number = from + at;
    const scene = SCENES[number % SCENES.length] ?? "dunes-wide";
    const prompt = `${number + 1}. ${Object.values(PROMPTS)[number % 4]}`;
    const job = videoJob({ prompt, favourite: number % 7 === 0, sandbox: false }, scene);
    job.id = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
    job.created = NOW - number * 8 * 3600;
    job.media = (job.media as Values[]).map((media) => ({ ...media, poster: true }));
    return job;
  });
}

function inLanguage(locale: string): Values {
  return {
    ...FILLED,
    _config: { ...(BARE._config as Values), locale },
    _account: { ...ACCOUNT, budget: { limit: 1000, spent: 800 }, recalled: 2 },
    _live: live([runningJob(), uncertainJob(), failedJob(), ...manyJobs(4)]),
  };
}

/** Each state is built on demand, so that ids and times are fresh. */
export const STATES: Record<string, () => Values> = {
  empty: () => ({}),
  real: () => ({ _service: REAL }),
  nokey: () => ({ _service: { ...REAL, has_key: false } }),
  unreachable: () => ({
    _service: REAL,
    prompt: PROMPTS.dunes,
    image_url: "http://localhost:8888/files/sea.jpg",
    callback: "https://nas.local/done",
  }),
  filled: () => ({ ...FILLED }),
  problems: () => ({
    prompt: "The gate opens --motion low",
    image_url: "ftp://example.com/gate.png",
    motion: "high",
    end_image_url: "not a link",
    callback: "localhost:80",
  }),
  options: () => ({
    ...FILLED,
    raw: true,
    loop: true,
    batch_size: 2,
    end_image_url: media("dunes-wide-3.jpg"),
    callback: "https://example.com/hooks/legnext",
  }),
  ownpictures: () => ({
    ...FILLED,
    _service: REAL,
    image_url: "picture:dunes-wide-0.jpg",
    end_image_url: "picture:dunes-wide-3.jpg",
  }),
  picturegone: () => ({ ...FILLED, image_url: "picture:gone" }),
  samplesonly: () => ({
    _service: { ...(BARE._service as Values), note: "The sandbox shows clips of its own." },
    image_url: "picture:dunes-wide-0.jpg",
  }),
  lookupfailed: () => ({
    source: "image_job",
    source_job_id: "bb40cae1-edd9-4cb0-9f66-e029b4439100",
  }),
  toolong: () => ({ ...FILLED, prompt: PROMPTS.long.repeat(6) }),
  sending: () => ({ ...FILLED, busy: true }),
  classroom: () => ({
    ...FILLED,
    _service: { ...REAL, host: "hub.example.org", gateway: true, private_urls: true },
    _account: {
      ...ACCOUNT,
      balance: 1520,
      classroom: { stopped: true, blocked: false, held_up: false, running: 4, waiting: 12 },
    },
    _live: live([
      runningJob({ prompt: PROMPTS.fjord, status: "pending", remaining: null, place: 3 }),
      runningJob(),
    ]),
  }),
  queue: () => ({
    ...FILLED,
    _live: live([
      runningJob({ prompt: PROMPTS.fjord, status: "pending", elapsed: 2, remaining: null }),
      runningJob({ prompt: PROMPTS.meadow, status: "staged", elapsed: 21, remaining: 260 }),
      runningJob(),
      runningJob({
        prompt: PROMPTS.dusk,
        status: "rendering_audio",
        elapsed: 301,
        remaining: -20,
        warning: kernelMessage("asking_failed", { reason: "504: Gateway Time-out" }),
      }),
    ]),
  }),
  taking: () => {
    const job = runningJob();
    return {
      ...FILLED,
      _live: live([job, videoJob()]),
      _submission: { ...outcome("accepted", {}), message: null, job_id: job.id },
    };
  },
  gallery: () => {
    const images = imageJob();
    const first = videoJob();
    return {
      ...FILLED,
      _live: live([
        first,
        runningJob({ prompt: PROMPTS.fjord, created: NOW + 1 }),
        videoJob(
          {
            prompt: PROMPTS.meadow,
            parent: { job_id: images.id, index: 2 },
            settings: { video_type: 0, motion: "low", raw: true, loop: true, batch_size: 2 },
          },
          "meadow-wide",
          2,
        ),
        images,
        videoJob({ prompt: PROMPTS.dusk }, "dusk-tall"),
        videoJob({ prompt: PROMPTS.fjord }, "fjord-wide", 1),
      ]),
      _selected: { job_id: first.id, index: 1 },
    };
  },
  lineage: () => {
    const images = imageJob({ favourite: true });
    const parent = { job_id: images.id, index: 2 };
    const clip = videoJob(
      { prompt: PROMPTS.meadow, parent, note: "Take the second for the opening.", favourite: true },
      "meadow-wide",
    );
    const of = (index: number) => ({ job_id: clip.id, index });
    return {
      ...FILLED,
      _account: ACCOUNT,
      _live: live([
        videoJob({ ...LATEST, kind: "video_upscale", prompt: "", parent: of(1) }, "meadow-wide", 1),
        videoJob({ kind: "extend_video", prompt: "And on", parent: of(0) }, "meadow-wide"),
        clip,
        images,
      ]),
    };
  },
  choose: () => {
    const images = imageJob();
    return {
      source: "image_job",
      source_job_id: images.id,
      image_no: 1,
      prompt: "The wind grows stronger",
      _live: live([images, imageJob({ prompt: PROMPTS.fjord }, "fjord-wide")]),
    };
  },
  text: () => ({
    source: "text",
    prompt: PROMPTS.meadow,
    _live: live([imageJob({ kind: "diffusion" })]),
  }),
  textwaiting: () => ({
    source: "text",
    prompt: PROMPTS.meadow,
    _live: live([runningJob({ kind: "diffusion", prompt: PROMPTS.meadow })]),
  }),
  failed: () => ({ ...FILLED, _live: live([failedJob(), videoJob()]) }),
  refused: () => ({
    ...FILLED,
    _submission: outcome(
      "refused",
      serviceMessage("Insufficient credits: 480 points are needed, 120 are available"),
      { next: kernelMessage("next_credits") },
    ),
  }),
  uncertain: () => ({
    ...FILLED,
    _submission: outcome(
      "uncertain",
      kernelMessage("uncertain_candidates", {
        reason: BROKE,
        ids: "c6821434-5e41-408f-b42b-2562306b109c",
      }),
      { candidates: CANDIDATES },
    ),
    _live: live([uncertainJob({ candidates: CANDIDATES }), videoJob()]),
  }),
  expired: () => {
    const gone = { kind: "video", url: media("dunes-wide-0.mp4"), expires: NOW - 10, pull: false };
    const job = videoJob();
    job.media = [0, 1, 2, 3].map((index) => ({ ...gone, index }));
    return { ...FILLED, _live: live([job, videoJob({ prompt: PROMPTS.fjord }, "missing-wide")]) };
  },
  pulled: () => {
    const job = videoJob();
    job.media = [0, 1, 2, 3].map((index) => ({
      kind: "video",
      index,
      url: null,
      expires: null,
      pull: true,
    }));
    return { ...FILLED, _live: live([job]) };
  },
  account: () => ({
    ...FILLED,
    _service: REAL,
    _account: { ...ACCOUNT, budget: { limit: 5000, spent: 1000 }, recalled: 2 },
    _live: live([
      runningJob(),
      runningJob({ prompt: PROMPTS.fjord, remaining: null }),
      uncertainJob(),
      videoJob(),
    ]),
  }),
  overbudget: () => ({
    ...FILLED,
    _service: REAL,
    _account: {
      ...ACCOUNT,
      balance: 300,
      low: true,
      budget: { limit: 1000, spent: 800 },
      library: {
        ...LIBRARY,
        keeps: false,
        problems: [
          kernelMessage("library_unwritten", {
            folder: LIBRARY.path,
            error: "disk is full",
            count: 3,
          }),
        ],
      },
    },
  }),
  manyfailed: () => ({
    ...FILLED,
    _live: live([failedJob(), failedJob(), failedJob(), failedJob(), failedJob(), videoJob()]),
  }),
  batchrunning: () => ({
    ...FILLED,
    _account: ACCOUNT,
    _batch: { click: "b", total: 40, sent: 12, done: 8, failed: 1, state: "running" },
    _live: live([runningJob(), runningJob({ prompt: PROMPTS.dusk }), videoJob()]),
  }),
  batchtable: () => {
    const prompts = ["red", "very dark blue"].flatMap((colour) =>
      ["rises", "falls", "waits"].map((verb) => `A ${colour} balloon ${verb} over the dunes`),
    );
    const jobs = prompts.map((prompt, at) =>
      at === 5 ? runningJob({ prompt }) : videoJob({ prompt, favourite: at === 1 }, SCENES[at % 2]),
    );
    // All of a batch are made from one picture.
    for (const job of jobs) job.settings = jobs[0]?.settings;
    const batch = { click: "b", total: 6, sent: 6, done: 5, failed: 0, state: "running" };
    return {
      ...FILLED,
      _batch: { ...batch, jobs: jobs.map(({ id }) => id) },
      _live: live(jobs),
    };
  },
  batchunknown: () => {
    const made = ["red", "blue"].map((colour) => videoJob({ prompt: `A ${colour} balloon rises` }));
    const batch = {
      click: "b",
      total: 5,
      sent: 5,
      done: 5,
      failed: 1,
      uncertain: 1,
      state: "done",
    };
    return {
      ...FILLED,
      _several: true,
      _prompts: "A {red|blue|green|black|white} balloon rises",
      _account: ACCOUNT,
      _batch: { ...batch, left: 1, jobs: made.map(({ id }) => id) },
      _live: live([uncertainJob({ candidates: CANDIDATES }), ...made]),
    };
  },
  batchstopped: () => ({
    ...FILLED,
    _batch: { click: "b", total: 40, sent: 12, done: 12, failed: 0, state: "stopped" },
    _live: live([videoJob()]),
  }),
  many: () => ({ ...FILLED, _account: ACCOUNT, _live: live(manyJobs(24), 7) }),
  list: () => ({ ...FILLED, _live: live(manyJobs(24), 7) }),
  gone: () => ({ ...FILLED, _live: live([runningJob(), videoJob()]) }),
  long: () => ({
    ...FILLED,
    prompt: PROMPTS.long,
    _live: live([videoJob({ prompt: PROMPTS.long }), runningJob({ prompt: PROMPTS.long })]),
  }),
  rtl: () => ({
    ...FILLED,
    prompt: PROMPTS.arabic,
    _live: live([runningJob({ prompt: PROMPTS.arabic }), videoJob({ prompt: PROMPTS.arabic })]),
  }),
  hostile: () => ({
    prompt: PROMPTS.hostile,
    image_url: "javascript:alert(1)",
    _service: { ...REAL, host: PROMPTS.hostile, note: PROMPTS.hostile },
    _live: live([
      videoJob({
        prompt: PROMPTS.hostile,
        status: PROMPTS.hostile,
        kind: PROMPTS.hostile,
        warning: serviceMessage(PROMPTS.hostile),
        settings: { image_url: "javascript:alert(1)", motion: PROMPTS.hostile },
        parent: { job_id: PROMPTS.hostile, index: 0 },
        media: [
          { kind: "video", index: 0, url: "javascript:alert(1)", expires: null, pull: false },
          { kind: "video", index: 1, url: "data:text/html,owned", expires: null, pull: false },
        ],
      }),
      failedJob({
        error: { message: serviceMessage(PROMPTS.hostile), next: serviceMessage(PROMPTS.hostile) },
      }),
      runningJob({ prompt: PROMPTS.hostile, status: PROMPTS.hostile }),
    ]),
    _submission: outcome("refused", serviceMessage(PROMPTS.hostile), {
      next: serviceMessage(PROMPTS.hostile),
      candidates: [{ id: PROMPTS.hostile, created: null }],
    }),
  }),
  chinese: () => inLanguage("zh-CN"),
  spanish: () => inLanguage("es"),
  alone: () => ({
    _face: "gallery",
    _live: live([videoJob(), videoJob({ prompt: PROMPTS.dusk }, "dusk-tall")]),
  }),
  alonempty: () => ({ _face: "gallery" }),
};
