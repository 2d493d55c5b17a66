import type { Field, Inputs, Limits } from "../protocol/generated";
import { isJobId } from "./ids";
import { webLink } from "./links";
import { codePoints, compose, linkAtHead, optionsIn, wordsOf } from "./prompt";

export type ProblemCode =
  | "required"
  | "too_long"
  | "not_a_url"
  | "not_a_job_id"
  | "out_of_range"
  | "url_in_prompt"
  | "image_given_twice"
  | "given_twice"
  // Only the kernel finds these: the form cannot produce them.
  | "not_text"
  | "unreachable_url"
  | "mixed";

export type Problems = Partial<Record<Field, ProblemCode>>;

/** Find what keeps these inputs from being sent: the first problem of each field. */
export function findProblems(given: Inputs, limits: Limits): Problems {
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
  if (codePoints(compose(inputs)) > limits.prompt) report("prompt", "too_long");
  return problems;
}

const ENDS = /^[\s"'<“\u200b-\u200f\u2060]+|[\s"'>”\u200b-\u200f\u2060]+$/g;

/** Remove what pasting leaves around a link, an id or a prompt. */
function withoutMargins(inputs: Inputs): Inputs {
  return {
    ...inputs,
    prompt: inputs.prompt.replace(ENDS, ""),
    image_url: inputs.image_url.replace(ENDS, ""),
    source_job_id: inputs.source_job_id.replace(ENDS, ""),
    end_image_url: inputs.end_image_url.replace(ENDS, ""),
    callback: inputs.callback.replace(ENDS, ""),
  };
}

type Report = (field: Field, code: ProblemCode) => void;

function checkOptions(inputs: Inputs, limits: Limits, report: Report): void {
  if (inputs.video_type !== 0 && inputs.video_type !== 1) report("video_type", "out_of_range");
  if (!["", "low", "high"].includes(inputs.motion)) report("motion", "out_of_range");
  if (inputs.batch_size !== 0 && !limits.batch_sizes.includes(inputs.batch_size)) {
    report("batch_size", "out_of_range");
  }
  if (inputs.end_image_url && !webLink(inputs.end_image_url)) report("end_image_url", "not_a_url");
  for (const field of optionsIn(inputs.prompt)) {
    if (inputs[field]) report(field, "given_twice");
  }
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
    if (!webLink(inputs.image_url)) report("image_url", "not_a_url");
    if (inPrompt) report("image_url", "image_given_twice");
  } else if (!inPrompt) {
    report("image_url", "required");
  }
  if (!wordsOf(inputs.prompt)) report("prompt", "required");
}
