import { screen, waitFor } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { live } from "../../pages/fixtures";
import { openStudio, VALID } from "../studio_page";

describe("two views of one studio", () => {
  it("agree on what is typed, chosen and sent", async () => {
    const { open, user, sent } = openStudio(VALID);
    open();
    const [first, second] = screen.getAllByRole<HTMLTextAreaElement>("textbox", { name: "Prompt" });
    if (!first || !second) throw new Error("two views expected");
    await user.type(first, "!");
    expect(second.value).toBe("waves!");
    const buttons = screen.getAllByRole("button", { name: "Generate" });
    await user.click(buttons[0] as HTMLElement);
    await user.click(buttons[1] as HTMLElement);
    expect(sent("submit")).toHaveLength(1);
  });

  it("end one by one", async () => {
    const { open, unmount } = openStudio(VALID);
    open();
    unmount();
    expect(screen.getAllByRole("textbox", { name: "Prompt" })).toHaveLength(1);
  });
});

describe("the host", () => {
  it("receives no key press from the studio", async () => {
    const heard: string[] = [];
    document.body.addEventListener("keydown", (event) => heard.push(event.key));
    const { prompt, user } = openStudio();
    await user.type(prompt(), "dd{Escape}{Enter}");
    expect(heard).toEqual([]);
  });

  it("sees JupyterLab's own mark that keeps its shortcuts off", () => {
    const { el } = openStudio();
    expect(el.querySelector("[data-lm-suppress-shortcuts=true]")).toBeTruthy();
  });

  it("sets the theme, which the studio follows at once", async () => {
    const { el } = openStudio();
    document.body.dataset.jpThemeLight = "false";
    await waitFor(() =>
      expect(el.querySelector(".legnext-widgets")?.getAttribute("data-theme")).toBe("dark"),
    );
    delete document.body.dataset.jpThemeLight;
  });

  it("shows a notice when it loses its kernel", async () => {
    const { kernel, sent } = openStudio(VALID);
    kernel.disconnect();
    await screen.findByText(/The kernel has stopped/);
    expect(sent("sync")).toHaveLength(1);
    kernel.emit({ type: "jobs", ...live([], 1) });
    await waitFor(() => expect(screen.queryByText(/The kernel has stopped/)).toBeNull());
  });
});
