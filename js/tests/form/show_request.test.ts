import { screen, waitFor } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { openStudio, VALID } from "../studio_page";

describe("the request", () => {
  const TOLD = { requests: 1, points: 480, over_budget: false, problem: null };

  async function openRequest(values = {}) {
    const studio = openStudio({ ...VALID, ...values });
    studio.kernel.answer = ({ type, ask, inputs }) => {
      const { prompt } = (inputs ?? {}) as Record<string, string>;
      if (type !== "describe") return;
      const code = { json: `json ${prompt}`, curl: `curl ${prompt}`, python: `python ${prompt}` };
      studio.kernel.emit({ type: "described", ask, ...TOLD, ...code });
    };
    const details = studio.el.querySelector("details.request") as HTMLDetailsElement;
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
    await screen.findByText("json waves");
    return studio;
  }

  it("is asked for only when someone looks", async () => {
    const { sent } = await openRequest();
    expect(sent("describe")).toHaveLength(1);
    expect(openStudio(VALID).sent("describe")).toEqual([]);
  });

  it("is shown as JSON, curl and Python, by mouse and by arrow keys", async () => {
    const { user } = await openRequest();
    await user.click(screen.getByRole("tab", { name: "curl" }));
    await screen.findByText("curl waves");
    await user.keyboard("{ArrowRight}");
    await screen.findByText("python waves");
    expect(screen.getByRole("tab", { name: "Python" }).getAttribute("aria-selected")).toBe("true");
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("tab", { name: "Python" })),
    );
  });

  it("follows what is typed", async () => {
    const { prompt, user } = await openRequest();
    await user.type(prompt(), "!");
    await screen.findByText("json waves!");
  });

  it("is copied, or selected where copying is forbidden", async () => {
    const { user } = await openRequest();
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await user.click(screen.getByRole("button", { name: "Copy JSON" }));
    expect(write).toHaveBeenCalledWith("json waves");
    await user.click(screen.getByRole("tab", { name: "curl" }));
    write.mockRejectedValue(new Error("forbidden"));
    document.execCommand = () => false;
    await user.click(await screen.findByRole("button", { name: "Copy curl" }));
    await waitFor(() => expect(String(getSelection())).toBe("curl waves"));
  });
});
