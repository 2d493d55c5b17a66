import { screen, waitFor } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { failedJob, live, serviceMessage } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const REAL = { sandbox: false, speed: 1, host: "api.legnext.ai", has_key: true };

describe("the key", () => {
  const KEY = "lgn-secret-0123456789";

  async function enter(kernel: ReturnType<typeof openStudio>["kernel"], error: unknown) {
    kernel.answer = ({ type, ask }) => {
      if (type === "save_key") setTimeout(() => kernel.emit({ type: "key_saved", ask, error }), 20);
    };
    const field = screen.getByLabelText<HTMLInputElement>("API key");
    const { user } = { user: (await import("@testing-library/user-event")).default.setup() };
    await user.type(field, KEY);
    await user.click(screen.getByRole("button", { name: "Use this key" }));
    return field;
  }

  it("goes to the kernel once, and stays nowhere in the page or its values", async () => {
    const { el, kernel, sent } = openStudio({ _service: { ...REAL, has_key: false } });
    const field = await enter(kernel, null);
    expect(sent("save_key")).toMatchObject([{ key: KEY }]);
    expect(field.value).toBe("");
    await waitFor(() => expect(sent("sync")).toHaveLength(1));
    expect(el.innerHTML).not.toContain(KEY);
    expect(JSON.stringify(kernel.saves)).not.toContain(KEY);
    expect(JSON.stringify(kernel.sent.filter(({ type }) => type !== "save_key"))).not.toContain(
      KEY,
    );
    for (const input of el.querySelectorAll("input, textarea")) {
      expect((input as HTMLInputElement).value).not.toContain(KEY);
    }
  });

  it("that is wrong is refused in words that do not repeat it", async () => {
    const { el, kernel, sent } = openStudio({ _service: { ...REAL, has_key: false } });
    await enter(kernel, serviceMessage(`Unknown key ${KEY}.`));
    await screen.findByText("Unknown key ….");
    expect(el.innerHTML).not.toContain(KEY);
    expect(sent("sync")).toEqual([]);
  });

  it("makes nothing of the account before it stay", async () => {
    const { kernel } = openStudio({
      _service: { ...REAL, has_key: false },
      _live: live([failedJob({ prompt: "of the sandbox" })]),
    });
    await enter(kernel, null);
    await waitFor(() => expect(screen.queryByText("of the sandbox")).toBeNull());
  });

  it("is a quiet offer in the sandbox and no question at all where there is one", () => {
    const { el, unmount } = openStudio();
    expect(el.querySelector<HTMLDetailsElement>("details.key")?.open).toBe(false);
    unmount();
    expect(openStudio({ _service: REAL }).el.querySelector("details.key")).toBeNull();
  });

  it("is never remembered by the browser", () => {
    openStudio({ _service: { ...REAL, has_key: false } });
    const field = screen.getByLabelText("API key");
    expect(field.getAttribute("type")).toBe("password");
    expect(field.getAttribute("autocomplete")).toBe("off");
    expect(field.hasAttribute("value")).toBe(false);
  });
});
