import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { CATALOGS } from "../../pages/catalogs";
import { ACCOUNT } from "../../pages/fixtures";
import { mount } from "../../src/ui/mount";
import { createSession } from "../../src/ui/session";
import { openStudio, VALID } from "../studio_page";

const LINES = "A {{red|blue} balloon{Enter}The tide";

async function several(values: Record<string, unknown> = {}) {
  const studio = openStudio({ ...VALID, prompt: "", _account: ACCOUNT, ...values });
  await studio.user.click(screen.getByRole("switch", { name: "Several prompts" }));
  await studio.user.type(screen.getByRole("textbox", { name: /one per line/ }), LINES);
  return studio;
}

describe("several prompts", () => {
  it("show how many jobs and points they take before anything is sent", async () => {
    await several();
    screen.getByText("3 jobs");
    screen.getByText(/about 1,440 points/);
  });

  it("are looked through and confirmed before they are sent, once", async () => {
    const { generate, sent, user } = await several();
    await user.click(generate());
    expect(sent("submit_many")).toEqual([]);
    const confirm = await screen.findByRole("region", { name: "Send these 3 jobs?" });
    expect(
      within(confirm)
        .getAllByRole("listitem")
        .map((item) => item.textContent),
    ).toEqual(["A red balloon", "A blue balloon", "The tide"]);
    await user.dblClick(within(confirm).getByRole("button", { name: "Start 3 jobs" }));
    expect(sent("submit_many")).toHaveLength(1);
    expect(sent("submit_many")[0]).toMatchObject({
      prompts: ["A red balloon", "A blue balloon", "The tide"],
      inputs: { image_url: VALID.image_url },
    });
    expect(sent("submit")).toEqual([]);
  });

  it("are not confirmed by the key that is held down on Generate, nor by a double click", async () => {
    const { generate, sent, user } = await several();
    await user.click(generate());
    const start = await screen.findByRole("button", { name: "Start 3 jobs" });
    await waitFor(() => expect(document.activeElement).toBe(start));
    const held = { key: "Enter", repeat: true };
    expect(fireEvent.keyDown(start, held), "the browser would press the button").toBe(false);
    fireEvent.click(start, { detail: 2 });
    expect(sent("submit_many")).toEqual([]);
    expect(fireEvent.keyDown(start, { key: "Enter" })).toBe(true);
    fireEvent.click(start);
    expect(sent("submit_many")).toHaveLength(1);
  });

  it("are there again when the page is loaded anew", async () => {
    const { kernel, session, unmount } = await several();
    unmount();
    session.dispose();
    const el = document.createElement("div");
    document.body.append(el);
    mount(el, createSession(kernel.host()), "studio", CATALOGS);
    const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: /one per line/ });
    expect(field.value).toBe("A {red|blue} balloon\nThe tide");
    expect(screen.getByRole<HTMLInputElement>("switch", { name: "Several prompts" }).checked).toBe(
      true,
    );
  });

  it("are no part of a single request", async () => {
    const { generate, sent, user } = await several();
    await user.click(screen.getByRole("switch", { name: "Several prompts" }));
    await user.type(screen.getByRole("textbox", { name: "Prompt" }), "waves");
    await user.click(generate());
    expect(Object.keys(sent("submit")[0]?.inputs as object)).not.toContain("_prompts");
  });

  it("can be taken back", async () => {
    const { generate, sent, user } = await several();
    await user.click(generate());
    await user.click(await screen.findByRole("button", { name: "Back" }));
    generate();
    expect(sent("submit_many")).toEqual([]);
  });

  it("that change are looked through again", async () => {
    const { generate, user } = await several();
    await user.click(generate());
    await screen.findByRole("region", { name: "Send these 3 jobs?" });
    await user.type(screen.getByRole("textbox", { name: /one per line/ }), "{Enter}One more");
    await waitFor(() => expect(screen.queryByRole("region", { name: /Send these/ })).toBeNull());
  });

  it("over the budget together cannot be sent", async () => {
    const { generate, user } = await several({
      _account: { ...ACCOUNT, budget: { limit: 1000, spent: 0 } },
    });
    expect(generate().getAttribute("aria-disabled")).toBe("true");
    await user.click(generate());
    expect(screen.queryByRole("region", { name: /Send these/ })).toBeNull();
  });

  it("name the line that is wrong", async () => {
    const { generate, user } = await several({ source: "image_job", source_job_id: "" });
    const field = screen.getByRole("textbox", { name: /one per line/ });
    await user.type(field, "{Enter}https://example.com/a.jpg and words");
    screen.getByText(/Line 3: The prompt begins with a link/);
    await user.click(generate());
    expect(screen.queryByRole("region", { name: /Send these/ })).toBeNull();
  });

  it("more than 200 are refused with the number", async () => {
    const { user } = await several();
    const field = screen.getByRole("textbox", { name: /one per line/ });
    await user.clear(field);
    await user.click(field);
    await user.paste("x\n".repeat(201));
    screen.getByText("201 jobs are too many: a batch can have up to 200.");
  });
});
