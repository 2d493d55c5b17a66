import { screen, within } from "@testing-library/dom";
import { live, videoJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

export const JOB = videoJob({ id: "a", prompt: "waves" });
export const COSTS = { balance: 9000, costs: { extend_video: 480, video_upscale: 120 } };

/** Opens a clip of `JOB` in the large view. */
export async function openLarge(values: Record<string, unknown> = {}, index = 1) {
  const studio = openStudio({ _live: live([JOB]), _account: COSTS, ...values });
  const clip = studio.el.querySelector<HTMLElement>(
    `[data-job-id=a] [data-clip="${index}"] .clip-open`,
  );
  clip?.click();
  const dialog = await screen.findByRole("dialog");
  const press = (name: RegExp | string) =>
    studio.user.click(within(dialog).getByRole("button", { name }));
  return { ...studio, dialog, press };
}
