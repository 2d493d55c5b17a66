import type { Field, Inputs, Limits } from "../protocol/generated";
import { isJobId } from "../state/ids";
import { PICTURE_SCHEME, webLink } from "../state/links";
import { cleanLink, cleanPrompt, cleanWord } from "./cleaning";
import { codePoints, compose, lastFrameIn, linkAtHead, optionsIn, wordsOf } from "./prompt";
import { obstacleTo } from "./reachability";

export type ProblemCode =
  | "required"
  | "too_long"
  | "not_a_url"
  | "unreachable_url"
  | "share_page"
  | "not_a_job_id"
  | "out_of_range"
  | "url_in_prompt"
  | "image_given_twice"
  | "given_twice"
  // Only the kernel finds these: the form cannot produce them.
  | "not_text"
  | "mixed"
  | "not_a_picture";

export type Problems = Partial<Record<Field, ProblemCode>>;

/** What the service and its limits allow. */
export interface Rules {
  readonly limits: Limits;
  /** Whether the service may reach what only the kernel's machine reaches, as a sandbox does. */
  readonly privateUrls: boolean;
}

/** Find what keeps these inputs from being sent: the first problem of each field. */
export function findProblems(given: Inputs, { limits, privateUrls }: Rules): Problems {
  const inputs = withoutMargins(given);
  const problems: Problems = {};
  const report = (field: Field, code: ProblemCode) => {
    problems[field] ??= code;
  };
  if (inputs.source === "text") {
    if (!inputs.prompt) report("prompt", "required");
  } else {
    checkOptions(inputs, limits, report);
    if (inputs.source === "image_job") checkImageOfJob(inputs, limits, report);
    else checkImageLink(inputs, report);
  }
  if (inputs.callback && !webLink(inputs.callback)) report("callback", "not_a_url");
  if (!privateUrls) checkReachable(inputs, report);
  if (codePoints(compose(inputs)) > limits.prompt) report("prompt", "too_long");
  return problems;
}

/** Remove what pasting leaves around a link, an id or a prompt. */
function withoutMargins(inputs: Inputs): Inputs {
  return {
    ...inputs,
    prompt: cleanPrompt(inputs.prompt),
    image_url: cleanLink(inputs.image_url),
    source_job_id: cleanWord(inputs.source_job_id),
    end_image_url: cleanLink(inputs.end_image_url),
    callback: cleanLink(inputs.callback),
  };
}

/** Whether a link leads to an image, or stands for one that the kernel holds. */
const isImageLink = (link: string): boolean =>
  link.startsWith(PICTURE_SCHEME) || webLink(link) !== null;

type Report = (field: Field, code: ProblemCode) => void;

function checkOptions(inputs: Inputs, limits: Limits, report: Report): void {
  if (inputs.video_type !== 0 && inputs.video_type !== 1) report("video_type", "out_of_range");
  if (!["", "low", "high"].includes(inputs.motion)) report("motion", "out_of_range");
  if (inputs.batch_size !== 0 && !limits.batch_sizes.includes(inputs.batch_size)) {
    report("batch_size", "out_of_range");
  }
  if (inputs.end_image_url && !isImageLink(inputs.end_image_url))
    report("end_image_url", "not_a_url");
  for (const field of optionsIn(inputs.prompt)) {
    if (inputs[field]) report(field, "given_twice");
  }
}

/** Report links that the service cannot fetch; only where there is no other problem with them. */
function checkReachable(inputs: Inputs, report: Report): void {
  const check = (field: Field, link: string | null) => {
    const found = link && obstacleTo(link);
    if (found && !(field === "callback" && found === "share_page")) report(field, found);
  };
  if (inputs.source !== "text") {
    if (inputs.source === "image_url") check("image_url", webLink(inputs.image_url));
    check("end_image_url", webLink(inputs.end_image_url));
    check("prompt", linkAtHead(inputs.prompt));
    check("prompt", webLink(lastFrameIn(inputs.prompt)));
  }
  check("callback", webLink(inputs.callback));
}

function checkImageOfJob(inputs: Inputs, limits: Limits, report: Report): void {
  if (!inputs.source_job_id) report("source_job_id", "required");
  else if (!isJobId(inputs.source_job_id)) report("source_job_id", "not_a_job_id");
  const { image_no: number } = inputs;
  if (!Number.isInteger(number) || number < 0 || number >= limits.images) {
    report("image_no", "out_of_range");
  }
  if (linkAtHead(inputs.prompt)) report("prompt", "url_in_prompt");
}

function checkImageLink(inputs: Inputs, report: Report): void {
  const inPrompt = linkAtHead(inputs.prompt);
  if (inputs.image_url) {
    if (!isImageLink(inputs.image_url)) report("image_url", "not_a_url");
    if (inPrompt) report("image_url", "image_given_twice");
  } else if (!inPrompt) {
    report("image_url", "required");
  }
  if (!wordsOf(inputs.prompt)) report("prompt", "required");
}
