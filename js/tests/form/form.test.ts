import { fireEvent, screen, waitFor } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { live, runningJob, serviceMessage, videoJob } from "../../pages/fixtures";
import { openStudio, VALID } from "../studio_page";

describe("sending", () => {
  it("sends once for a double click", async () => {
    const { generate, sent, user } = openStudio(VALID);
    await user.dblClick(generate());
    expect(sent("submit")).toHaveLength(1);
  });

  it("sends the inputs as they stand, typed text included", async () => {
    const { kernel, prompt, sent, user } = openStudio(VALID);
    await user.type(prompt(), " and wind{Control>}{Enter}{/Control}");
    expect(sent("submit")[0]).toMatchObject({
      inputs: { prompt: "waves and wind", image_url: VALID.image_url, batch_size: 0 },
    });
    expect(kernel.get("prompt")).toBe("waves and wind");
  });

  it.each(["Control", "Meta"])("is done with %s+Enter", async (key) => {
    const { prompt, sent, user } = openStudio(VALID);
    await user.click(prompt());
    await user.keyboard(`{${key}>}{Enter}{/${key}}`);
    expect(sent("submit")).toHaveLength(1);
  });

  it("is not done by Enter alone in a one-line field", async () => {
    const { sent, user } = openStudio(VALID);
    await user.type(screen.getByRole("textbox", { name: "Image URL" }), "{Enter}");
    expect(sent("submit")).toEqual([]);
  });

  it("is not done again by a key that is held down", () => {
    const { kernel, prompt, sent } = openStudio(VALID);
    kernel.answer = ({ click }) => {
      kernel.change({ _submission: { click, phase: "accepted" } });
    };
    fireEvent.keyDown(prompt(), { key: "Enter", ctrlKey: true });
    fireEvent.keyDown(prompt(), { key: "Enter", ctrlKey: true, repeat: true });
    expect(sent("submit")).toHaveLength(1);
  });

  it("brings the queue into sight once it is accepted", async () => {
    const { generate, kernel, sent, user } = openStudio(VALID);
    const results = document.querySelector<HTMLElement>(".results");
    if (results) results.scrollTop = 700;
    await user.click(generate());
    expect(results?.scrollTop).toBe(700);
    kernel.change({ _submission: { click: sent("submit")[0]?.click, phase: "accepted" } });
    await waitFor(() => expect(results?.scrollTop).toBe(0));
  });

  it("is impossible while a request is on its way", async () => {
    const { generate, sent, user } = openStudio({ ...VALID, busy: true });
    expect(generate().getAttribute("aria-disabled")).toBe("true");
    await user.click(generate());
    expect(sent("submit")).toEqual([]);
  });

  it("is impossible between the click and its outcome, and possible after it", async () => {
    const { generate, kernel, prompt, sent, user } = openStudio(VALID);
    await user.click(generate());
    const click = sent("submit")[0]?.click;
    kernel.change({ busy: true, _submission: { click, phase: "sending" } });
    kernel.change({ busy: false });
    await user.click(generate());
    expect(sent("submit")).toHaveLength(1);
    kernel.change({ _submission: { click, phase: "accepted", job_id: "x" } });
    await user.type(prompt(), " at dusk");
    await user.click(generate());
    expect(sent("submit")).toHaveLength(2);
    expect(sent("submit")[1]?.click).not.toBe(click);
  });

  it("says when the kernel does not answer, and repeats the very same click", async () => {
    vi.useFakeTimers();
    const { generate, sent } = openStudio(VALID);
    fireEvent.click(generate());
    await vi.advanceTimersByTimeAsync(10_000);
    fireEvent.click(generate());
    expect(sent("submit")).toHaveLength(1);
    fireEvent.click(screen.getByRole("button", { name: "Ask the kernel again" }));
    const clicks = sent("submit").map(({ click }) => click);
    expect(clicks).toHaveLength(2);
    expect(new Set(clicks).size).toBe(1);
  });
});

describe("the outcome", () => {
  it("of a refusal is said in words, beside the field it names", async () => {
    const { kernel, prompt } = openStudio(VALID);
    const message = serviceMessage("The words were refused.");
    kernel.change({ _submission: { click: "c", phase: "refused", message, field: "prompt" } });
    await screen.findByText("Not accepted.");
    await waitFor(() => expect(prompt().getAttribute("aria-invalid")).toBe("true"));
  });

  it("that is unknown offers the jobs it could be", async () => {
    const { kernel, sent, user } = openStudio(VALID);
    const id = "c6821434-5e41-408f-b42b-2562306b109c";
    kernel.change({
      _submission: {
        click: "c",
        phase: "uncertain",
        title: "Unknown",
        candidates: [{ id, created: Date.now() / 1000 - 2 }],
      },
    });
    await user.click(
      await screen.findByRole("button", { name: /^Take over the job that started \d s ago$/ }),
    );
    expect(sent("look_up")).toEqual([{ type: "look_up", job_id: id }]);
  });

  it("is announced politely when a job is ready", async () => {
    const job = runningJob({ id: "a", prompt: "waves" });
    const { kernel } = openStudio({ _live: live([job], 1) });
    const done = videoJob({ id: "a", prompt: "waves" });
    kernel.change({ _live: { revision: 2, since: 1, jobs: [done], total: 1 } });
    await screen.findByText("4 clips are ready: waves");
  });
});

describe("problems", () => {
  it("are not shown before anything was touched", () => {
    const { el } = openStudio();
    expect(el.querySelector(".problem")).toBeNull();
  });

  it("of what is wrong are shown while typing", async () => {
    const { user } = openStudio();
    const field = screen.getByRole("textbox", { name: "Image URL" });
    await user.type(field, "ftp://x");
    expect(screen.getByText(/must be an http/i)).toBeTruthy();
    expect(field.getAttribute("aria-invalid")).toBe("true");
    const described = field.getAttribute("aria-describedby") ?? "";
    expect(document.getElementById(described)?.textContent).toMatch(/must be an http/i);
  });

  it("of what is missing are shown once the field was left", async () => {
    const { prompt, user } = openStudio();
    await user.click(prompt());
    expect(screen.queryByText("Describe what should happen.")).toBeNull();
    await user.tab();
    await screen.findByText("Describe what should happen.");
  });

  it("are all shown by a try to send, which sends nothing and goes to the first", async () => {
    const { generate, sent, user } = openStudio();
    await user.click(generate());
    expect(sent("submit")).toEqual([]);
    await screen.findByText("Add an image or its link.");
    await screen.findByText("Describe what should happen.");
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Image URL" })),
    );
  });

  it("count the composed prompt as one types", async () => {
    const { user, prompt } = openStudio({ image_url: "https://example.com/a.jpg" });
    await user.type(prompt(), "🌊");
    await screen.findByText("27 / 8,192");
  });
});

describe("without a kernel", () => {
  it("nothing can be sent, and it is said why", async () => {
    const { generate, kernel, sent, user } = openStudio(VALID);
    kernel.disconnect();
    await screen.findByText("Nothing can be sent without a kernel.");
    await user.click(generate());
    expect(sent("submit")).toEqual([]);
    expect(generate().getAttribute("aria-disabled")).toBe("true");
  });
});
