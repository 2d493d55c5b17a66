import type { Field } from "../protocol/contract";
import type { ProblemCode } from "../state/problems";

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);
const counted = (count: number) => new Intl.NumberFormat("en").format(count);

/** Today and yesterday by name, other days by their date, in the way of a language. */
export function dayName(day: string, now: Date, language: string, undated: string): string {
  if (!day) return undated;
  const date = new Date(`${day}T12:00:00`);
  const noon = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12);
  const ago = Math.round((date.getTime() - noon.getTime()) / 86_400_000);
  const near = ago === 0 || ago === -1;
  const name = near
    ? new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(ago, "day")
    : new Intl.DateTimeFormat(language, { dateStyle: "full" }).format(date);
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** Words for what is known; the service may say more than that. */
type Known<T extends string> = Record<T, string> & Record<string, string>;

const problems: Record<ProblemCode, string> = {
  required: "This is needed.",
  too_long: "Too long.",
  not_a_url: "Must be an http:// or https:// link without spaces.",
  not_a_job_id: "Must be a job ID, such as bb40cae1-edd9-4cb0-9f66-e029b4439100.",
  out_of_range: "This value is not possible.",
  url_in_prompt: "The prompt begins with a link, but the image is already chosen above.",
  image_given_twice: "There is also a link at the head of the prompt. Keep one of them.",
  given_twice: "The prompt says this too. Keep one of them.",
  not_text: "It holds half a character, such as of an emoji.",
  mixed: "Either a link or an image of a job, not both.",
};

/** Sentences of the kernel by their codes: it says them in English by itself. */
const told: Readonly<Record<string, string>> = {};

/** Every word that a person can see or hear. Other languages are made to this shape. */
export const en = {
  language: "en",
  told,
  counted,
  studio: {
    title: "Video Studio",
    galleryTitle: "Clips",
    form: "New clip",
  },
  sandbox: {
    badge: "Sandbox",
    speed: (speed: number) => `${speed}× speed`,
    explained: "Simulated service: nothing is sent to Legnext and no points are spent.",
    tag: "sandbox",
  },
  service: {
    connected: (host: string) => `Connected to ${host}`,
    noKey: "No API key",
    noKeyNext: "Enter one below; it goes to the kernel once and is not kept in the notebook.",
  },
  connection: {
    quiet: "The kernel has not answered for a while. It may be busy with another cell.",
    gone: "The kernel is gone. Jobs go on at the service; run this cell again to take them up.",
    goneCopy: "What was made stays readable below.",
    unanswered:
      "Your request is waiting for the kernel and will go out once. Pressing again does not send it twice.",
    askAgain: "Ask the kernel again",
  },
  source: {
    legend: "Start from",
    image_url: "Image link",
    image_job: "Earlier image",
    text: "Text",
    imageUrl: "Image URL",
    imageUrlPlaceholder: "https://…",
    samples: "Sample pictures",
    useSample: (title: string) => `Use sample picture: ${title}`,
    previewAlt: "Preview of the image to animate",
    endPreviewAlt: "Preview of the last frame",
    previewEmpty: "The picture appears here",
    previewLoading: "Loading the picture…",
    previewFailed: "This picture cannot be shown here. The service may still be able to load it.",
    jobId: "Image job ID",
    jobIdPlaceholder: "Paste a job ID",
    lookUp: "Look up",
    lookingUp: "Looking up…",
    lookUpFound: "Found. Choose one of its images.",
    lookUpNoImages: "This job has no images to choose from yet.",
    noImageJobs: "No image jobs yet. Make some from text, or paste a job ID.",
    image: (number: number, prompt: string) => `Image ${number}${prompt ? `: ${prompt}` : ""}`,
    showMore: "Show older images",
    imageNumber: "Image",
    textExplained: "Four images are made from your words. Choose one, then animate it.",
    textReady: "Choose one to animate",
    textWaiting: "Your four images are on their way.",
    imageMissing: "Image not available",
  },
  prompt: {
    label: "Prompt",
    placeholder: "What should happen in the clip?",
    placeholderOptional: "What should happen? May be left empty.",
    placeholderText: "Describe the picture to begin with",
    count: (used: number, limit: number) => `${counted(used)} / ${counted(limit)}`,
    countSpoken: (used: number, limit: number) =>
      `${counted(used)} of ${counted(limit)} characters, link and options counted`,
  },
  options: {
    quality: "Quality",
    sd: "480p",
    hd: "720p",
    motion: "Motion",
    auto: "Auto",
    low: "Low",
    high: "High",
    videos: "Videos",
    videosAuto: "Auto: the service's default, four videos",
    motionAuto: "Auto: the service's default, low motion",
    more: "More options",
    set: (count: number) => `${count} set`,
    raw: "Raw",
    rawHint: "Less of the service's own styling",
    loop: "Loop",
    loopHint: "End on the first frame",
    endFrame: "End frame URL",
    endFrameHint: "The picture that the clip ends on",
    callback: "Callback URL",
    callbackHint: "The service posts the finished job there",
  },
  generate: {
    label: "Generate",
    sending: "Sending…",
    waiting: "Waiting for the kernel…",
    noKernel: "Nothing can be sent without a kernel.",
    fix: (count: number) =>
      plural(count, "One thing to put right first", `${count} things to put right first`),
    makes: (inputs: { source: string; batch: number }) =>
      inputs.source === "text"
        ? "Makes four images"
        : `Makes ${inputs.batch} ${plural(inputs.batch, "video", "videos")}`,
    refused: "Not accepted",
    uncertain: "It is not known whether this was accepted",
    candidates: "Jobs that it could be:",
    dismiss: "Dismiss",
  },
  cost: {
    about: (points: number) => `about ${counted(points)} ${plural(points, "point", "points")}`,
    left: (points: number) => `${counted(points)} left`,
    budget: (spent: number, limit: number) => `budget ${counted(spent)} of ${counted(limit)} used`,
    overBudget: "This would go over the budget, so it cannot be sent.",
    overBudgetNext: "Choose fewer jobs, or give the studio a higher budget_points.",
    overBalance: "The account may not have enough points for this.",
    low: "The balance is low.",
    askAgain: "Refresh the balance",
  },
  steps: {
    extend: "Extend",
    extendWords: "What happens next (optional)",
    extendPlaceholder: "Leave empty to let it go on",
    upscale: "Upscale",
  },
  marks: {
    favourite: "Favourite",
    favouriteOf: (title: string) => `Favourite: ${title}`,
    note: "Note",
    notePlaceholder: "For you: why this one?",
  },
  lineage: {
    extended: (number: number, title: string) => `Extended from clip ${number} of “${title}”`,
    upscaled: (number: number, title: string) => `Upscaled from clip ${number} of “${title}”`,
    image: (number: number, title: string) => `Image ${number} of “${title}”`,
    show: (title: string) => `Show: ${title}`,
    ledTo: "Made from this",
  },
  player: {
    controls: "Playback",
    frameBack: "One frame back",
    frameOn: "One frame on",
    loop: "Loop",
    speed: "Speed",
    play: "Play",
    pause: "Pause",
    position: "Position",
    compare: (count: number) => `Compare ${count}`,
    choose: (number: number) => `Choose clip ${number}`,
  },
  request: {
    show: "Show request",
    explained: "Exactly what Generate sends. Your key is not part of it.",
    first: (count: number) => `The first of ${counted(count)} requests.`,
    tabs: "Show as",
    json: "JSON",
    curl: "curl",
    python: "Python",
    copy: "Copy",
    copied: "Copied",
    copyOf: (what: string) => `Copy ${what}`,
    copyByHand: "Copying is not allowed here. The text is selected: copy it with the keyboard.",
    asking: "Asking the kernel…",
  },
  batch: {
    toggle: "Several prompts",
    label: "Prompts, one a line",
    placeholder: "A {red|blue} balloon rises\nThe tide {comes in|goes out} at dusk",
    hint: "Each line is a job. {a|b|c} makes one job for each choice.",
    count: (count: number) => plural(count, "1 job", `${counted(count)} jobs`),
    review: "Look through before sending",
    tooMany: (count: number, most: number) =>
      `${counted(count)} jobs are more than the ${counted(most)} that one batch may have.`,
    lineProblem: (line: number, problem: string) => `Line ${line}: ${problem}`,
    needed: "Write at least one prompt.",
    confirmTitle: (count: number) =>
      plural(count, "Send this job?", `Send these ${counted(count)} jobs?`),
    start: (count: number) => plural(count, "Start 1 job", `Start ${counted(count)} jobs`),
    cancel: "Back",
    title: "Batch",
    sent: (sent: number, total: number) => `${counted(sent)} of ${counted(total)} sent`,
    done: (done: number) => `${counted(done)} done`,
    failed: (failed: number) => `${counted(failed)} not started`,
    stop: "Stop",
    stopHint: "Sends no more; what runs goes on",
    stopped: "Stopped. What was sent goes on.",
    finished: "All sent and done.",
    running: "A batch is under way; the next can start when it is done.",
  },
  key: {
    use: "Use your API key",
    label: "API key",
    save: "Use this key",
    saving: "Checking the key…",
    saved: "The key works. The studio now uses the real service.",
    where: "Make a key in your Legnext account. It goes to the kernel once and is stored nowhere.",
    keep: "To have it every time, set the environment variable LEGNEXT_API_KEY; in Colab, add a secret of that name.",
    empty: "Enter the key first.",
  },
  library: {
    holds: (size: string) => `Library: ${size}`,
    noClips: "clips are not kept",
  },
  recalled: (count: number) =>
    plural(
      count,
      "1 job from your last session is still running.",
      `${counted(count)} jobs from your last session are still running.`,
    ),
  browse: {
    title: "Find and arrange",
    search: "Search",
    searchPlaceholder: "Search prompts and notes",
    status: "Status",
    withMedia: "With results",
    kind: "Kind",
    anyKind: "All kinds",
    favourites: "Favourites",
    sort: "Sort",
    newest: "Newest first",
    oldest: "Oldest first",
    words: "By prompt",
    grid: "Grid",
    list: "List",
    none: "Nothing here fits.",
    reset: "Show everything",
    loaded: (loaded: number, total: number) =>
      `${counted(loaded)} of ${counted(total)} jobs loaded`,
    loading: "Loading older jobs…",
  },
  /** The heading of a day such as `2026-03-01`. */
  day: (day: string, now: Date) => dayName(day, now, "en", "Without a date"),
  problems,
  problemSpecial: {
    "prompt.required": "Say what should happen.",
    "image_url.required": "An image link is needed.",
    "source_job_id.required": "Choose an image, or paste a job ID.",
  } as Partial<Record<`${Field}.${ProblemCode}`, string>>,
  tooLong: (used: number, limit: number) =>
    `Too long by ${counted(used - limit)} ${plural(used - limit, "character", "characters")} (the link and options count too).`,
  queue: {
    title: "Queue",
    running: (count: number) => `${count} running`,
    failed: (count: number) => `${count} failed`,
    elapsed: (time: string) => `${time} elapsed`,
    remaining: (rough: { unit: string; amount: number }) =>
      rough.unit === "seconds" ? `about ${rough.amount} s left` : `about ${rough.amount} min left`,
    overdue: "longer than usual",
    points: (points: number) => `${counted(points)} ${plural(points, "point", "points")}`,
    pointsFrozen: (points: number) => `${counted(points)} points reserved`,
    useAgain: "Use again",
    useAgainFor: (title: string) => `Use again: ${title}`,
    dismissFor: (title: string) => `Dismiss: ${title}`,
    askAgain: "Ask again",
    progress: (title: string) => `Progress of ${title}`,
    noEstimate: "no estimate yet",
    uncertain: (count: number) => `${count} of unknown outcome`,
    showAll: (count: number) => `Show all ${counted(count)}`,
  },
  status: {
    pending: "Waiting",
    staged: "Queued",
    processing: "Making",
    completed: "Completed",
    failed: "Failed",
    uncertain: "Outcome unknown",
    running: "Running",
  } as Known<
    "pending" | "staged" | "processing" | "completed" | "failed" | "uncertain" | "running"
  >,
  kind: {
    video_diffusion: "Video",
    extend_video: "Extension",
    video_upscale: "Upscale",
    diffusion: "Images",
  } as Known<"video_diffusion" | "extend_video" | "video_upscale" | "diffusion">,
  untitled: {
    diffusion: "Images",
    extend_video: "Extended clip",
    video_upscale: "Upscaled clip",
    video_diffusion: "Clip without words",
  },
  gallery: {
    title: "Gallery",
    jobs: (count: number) => plural(count, "1 job", `${counted(count)} jobs`),
    empty: "Your clips appear here",
    emptyHint: "Describe what should happen, then generate. A job gives up to four clips.",
    emptyAlone: "No clips yet",
    open: (number: number, prompt: string) => `Open clip ${number}: ${prompt}`,
    selected: "Selected",
    download: "Download",
    downloadClip: (number: number) => `Download clip ${number}`,
    animate: "Animate",
    animateImage: (number: number) => `Animate image ${number}`,
    loading: "Loading…",
    kernelBusy: "The kernel is busy; this clip comes when it answers.",
    failed: "This clip could not be loaded.",
    expired: "The link has expired.",
    retry: "Try again",
    renew: "Renew link",
    more: "Show more",
    clips: (count: number) => plural(count, "1 clip", `${count} clips`),
    images: (count: number) => plural(count, "1 image", `${count} images`),
  },
  large: {
    title: (number: number, total: number) => `Clip ${number} of ${total}`,
    close: "Close",
    previous: "Previous clip",
    next: "Next clip",
    download: "Download",
    downloading: "Preparing…",
    downloadAll: (count: number) => `Download all ${count}`,
    downloadAllOf: (count: number, title: string) => `Download all ${count}: ${title}`,
    downloadingOf: (number: number, count: number) => `Preparing ${number} of ${count}…`,
    downloadFailed: "The file could not be fetched. Try again.",
    copyLink: "Copy link",
    copied: "Copied",
    copyByHand: "Copying is not allowed here. Select the link and copy it:",
    quality: "Quality",
    motion: "Motion",
    options: "Options",
    took: "Took",
    points: "Points",
    made: "Made",
    from: "From",
    inPython: "In Python",
    job: "Job",
    linkExpires: "Links are short-lived; download what you want to keep.",
  },
  announce: {
    accepted: "Accepted. The job is in the queue.",
    ready: (count: number, title: string) =>
      `${count} ${plural(count, "clip is", "clips are")} ready: ${title}`,
    imagesReady: (count: number, title: string) => `${count} images are ready: ${title}`,
    failed: (title: string) => `Failed: ${title}`,
    status: (status: string, title: string) => `${status}: ${title}`,
  },
};

export type Words = typeof en;
