import { expect, it } from "vitest";
import { CATALOGS } from "../../pages/catalogs";
import { translateFor } from "../../src/ui/i18n/translate";
import type { Job } from "../../src/ui/protocol/generated";
import { timeText } from "../../src/ui/queue/time_text";

const t = translateFor("en", CATALOGS);
const words = (elapsed: number, remaining: number | null) => {
  const job = { status: "processing", done: false, elapsed, remaining } as unknown as Job;
  return timeText({ job, receivedAt: 0 }, 0, t);
};

it.each([
  [40, 20, "about 20 s left"],
  [40, 300, "about 5 min left"],
  [40, -2, "nearly done"],
  [240, -30, "nearly done"],
  [300, -100, "longer than usual"],
  [40, null, "no estimate yet"],
])("after %i s with %s s to go reads %s", (elapsed, remaining, expected) => {
  expect(words(elapsed, remaining)).toBe(expected);
});
