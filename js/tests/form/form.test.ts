import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { imageJob, live, quoted, runningJob, videoJob } from "../../pages/fixtures";
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
    const { generate, kernel, sent, user } = openStudio(VALID);
    await user.click(generate());
    const click = sent("submit")[0]?.click;
    kernel.change({ busy: true, _submission: { click, phase: "sending" } });
    kernel.change({ busy: false });
    await user.click(generate());
    expect(sent("submit")).toHaveLength(1);
    kernel.change({ _submission: { click, phase: "accepted", job_id: "x" } });
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
    const message = quoted("The words were refused.");
    kernel.change({ _submission: { click: "c", phase: "refused", message, field: "prompt" } });
    await screen.findByText("Not accepted");
    await waitFor(() => expect(prompt().getAttribute("aria-invalid")).toBe("true"));
  });

  it("that is unknown offers the jobs it could be", async () => {
    const { kernel, sent, user } = openStudio(VALID);
    const id = "c6821434-5e41-408f-b42b-2562306b109c";
    kernel.change({
      _submission: { click: "c", phase: "uncertain", title: "Unknown", candidates: [id] },
    });
    await user.click(await screen.findByRole("button", { name: id }));
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
    expect(screen.queryByText("Say what should happen.")).toBeNull();
    await user.tab();
    await screen.findByText("Say what should happen.");
  });

  it("are all shown by a try to send, which sends nothing and goes to the first", async () => {
    const { generate, sent, user } = openStudio();
    await user.click(generate());
    expect(sent("submit")).toEqual([]);
    await screen.findByText("An image link is needed.");
    await screen.findByText("Say what should happen.");
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

describe("the source", () => {
  it("can be a sample picture in the sandbox", async () => {
    const { kernel, user } = openStudio();
    await user.click(screen.getByRole("button", { name: "Use sample picture: dunes" }));
    expect(String(kernel.get("image_url"))).toContain("dunes");
  });

  it("shows a sample's name where its picture cannot be reached", async () => {
    openStudio();
    const sample = screen.getByRole("button", { name: "Use sample picture: dunes" });
    fireEvent.error(sample.querySelector("img") as HTMLElement);
    await within(sample).findByText("dunes");
  });

  it("shows a sample through the kernel where no browser can reach its link", async () => {
    URL.createObjectURL = () => "blob:x";
    const url = "http://sandbox.legnext.invalid/stills/x.jpg";
    const examples = [{ title: "x", url, pull: true }];
    const { kernel, sent, el, user } = openStudio({ _service: { sandbox: true, examples } });
    const sample = screen.getByRole("button", { name: "Use sample picture: x" });
    await waitFor(() => expect(sent("media")).toHaveLength(1));
    const [{ media, index, chunk, pull }] = sent("media") as [Record<string, unknown>];
    expect({ media, index, chunk }).toEqual({ media: "sample", index: 0, chunk: 0 });
    expect(el.querySelector("img")).toBeNull();
    const said = { type: "media", pull, chunk: 0, chunks: 1, bytes: 3, mime: "image/jpeg" };
    kernel.tell(said, [new DataView(new Uint8Array([1, 2, 3]).buffer)]);
    await waitFor(() => expect(sample.querySelector("img")?.src).toBe("blob:x"));
    await user.click(sample);
    await waitFor(() => expect(el.querySelectorAll("img[src='blob:x']")).toHaveLength(2));
    expect(sent("media")).toHaveLength(1);
  });

  it("offers no samples outside of the sandbox", () => {
    const { el } = openStudio({
      _service: { sandbox: false, examples: [{ title: "x", url: "https://example.com/x.jpg" }] },
    });
    expect(el.querySelector(".samples")).toBeNull();
    expect(el.querySelector(".legnext-widgets")?.getAttribute("data-sandbox")).toBe("false");
  });

  it("can be an image of a known job, shown and not guessed", async () => {
    const job = imageJob({ prompt: "a meadow" });
    const { kernel, user } = openStudio({ source: "image_job", _live: live([job]) });
    const group = screen.getByRole("group", { name: "a meadow" });
    await user.click(within(group).getByRole("button", { name: "Image 3: a meadow" }));
    expect(kernel.get("source_job_id")).toBe(job.id);
    expect(kernel.get("image_no")).toBe(2);
  });

  it("looks a pasted job id up by itself, once", async () => {
    const { sent, user } = openStudio({ source: "image_job" });
    await user.click(screen.getByRole("textbox", { name: "Image job ID" }));
    await user.paste("c6821434-5e41-408f-b42b-2562306b109c");
    await waitFor(() => expect(sent("look_up")).toHaveLength(1));
  });

  it("says when the job that was looked up is not known", async () => {
    const id = "c6821434-5e41-408f-b42b-2562306b109c";
    const { kernel, sent } = openStudio({ source: "image_job", source_job_id: id });
    await waitFor(() => expect(sent("look_up")).toHaveLength(1));
    kernel.tell({ type: "looked_up", job_id: id, error: quoted("No such job.") });
    await screen.findByText("No such job.");
  });

  it("made from text goes on with one of its four images", async () => {
    const job = imageJob({ prompt: "a meadow" });
    const { kernel, user } = openStudio({ source: "text", _live: live([job]) });
    const group = screen.getByRole("group", { name: "a meadow" });
    await user.click(within(group).getByRole("button", { name: "Image 2: a meadow" }));
    expect(kernel.get("source")).toBe("image_job");
    expect(kernel.get("image_no")).toBe(1);
  });
});

describe("the host", () => {
  it("hears no key that is pressed in here", async () => {
    const heard: string[] = [];
    document.body.addEventListener("keydown", (event) => heard.push(event.key));
    const { prompt, user } = openStudio();
    await user.type(prompt(), "dd{Escape}{Enter}");
    expect(heard).toEqual([]);
  });

  it("is told by JupyterLab's own mark to keep its shortcuts off", () => {
    const { el } = openStudio();
    expect(el.querySelector("[data-lm-suppress-shortcuts=true]")).toBeTruthy();
  });

  it("sees its theme followed at once", async () => {
    const { el } = openStudio();
    document.body.dataset.jpThemeLight = "false";
    await waitFor(() =>
      expect(el.querySelector(".legnext-widgets")?.getAttribute("data-theme")).toBe("dark"),
    );
    delete document.body.dataset.jpThemeLight;
  });

  it("that loses its kernel is said to have", async () => {
    const { kernel, sent } = openStudio(VALID);
    kernel.disconnect();
    await screen.findByText(/The kernel is gone/);
    expect(sent("sync")).toHaveLength(1);
    kernel.tell({ type: "jobs", ...live([], 1) });
    await waitFor(() => expect(screen.queryByText(/The kernel is gone/)).toBeNull());
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
