import { expect, it } from "vitest";
import { isJobId, newId } from "../../src/ui/state/ids";

it("ids are UUIDs and differ", () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(newId()).toMatch(shape);
  expect(newId()).not.toBe(newId());
});

it("a job's id is a UUID, and nothing else is", () => {
  expect(isJobId("bb40cae1-edd9-4cb0-9f66-e029b4439100")).toBe(true);
  for (const text of ["", "bb40cae1", " bb40cae1-edd9-4cb0-9f66-e029b4439100"]) {
    expect(isJobId(text)).toBe(false);
  }
});
