import { describe, expect, it } from "vitest";
import { PROMPTS, STATES } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const clip = (el: HTMLElement, index: number) => {
  const found = el.querySelector<HTMLElement>(`[data-clip="${index}"]`);
  if (!found) throw new Error(`no clip ${index}`);
  return found;
};

describe("hostile text", () => {
  it("stays text in every field, and no link runs code", async () => {
    document.title = "safe";
    const values = STATES.hostile?.() ?? {};
    for (const source of ["image_url", "image_job", "text"]) {
      const { el, user, unmount } = openStudio({ ...values, source });
      expect(el.querySelector("script, iframe, object, embed, [onerror]")).toBeNull();
      expect(el.textContent).toContain(PROMPTS.hostile);
      for (const name of ["href", "src", "action", "formaction", "poster"]) {
        for (const element of el.querySelectorAll(`[${name}]`)) {
          expect(element.getAttribute(name)).toMatch(/^(https?|blob):/);
        }
      }
      await user.click(clip(el, 0).querySelector("button") as HTMLElement);
      expect(el.querySelector("script, [onerror]")).toBeNull();
      unmount();
    }
    expect(document.title).toBe("safe");
  });
});
