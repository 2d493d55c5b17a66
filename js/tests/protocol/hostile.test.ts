import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fireEvent, waitFor } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import {
  ACCOUNT,
  failedJob,
  live,
  runningJob,
  serviceMessage,
  uncertainJob,
  videoJob,
} from "../../pages/fixtures";
import { openStudio } from "../studio_page";

type Values = Record<string, unknown>;

/** Strings that have broken other software: markup, links, templates, control and joining marks. */
const CORPUS: string[] = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../../tests/protocol/hostile.json"), "utf8"),
);

function everywhere(text: string): Values {
  const settings = { image_url: text, end_image_url: text, motion: text, video_type: 1 };
  const media = [
    { kind: "video", index: 0, url: text, expires: null, pull: false, poster: true },
    { kind: "video", index: 1, url: text, expires: 1, pull: false },
    { kind: "image", index: 2, url: text, expires: null, pull: false },
  ];
  const can = { extend: true, upscale: true, animate: true, reuse: true };
  const of = (id: string, more: Values = {}) => ({
    prompt: text,
    note: text,
    warning: serviceMessage(text),
    kind: text,
    status: text,
    settings,
    parent: { job_id: text, index: 0 },
    error: { message: serviceMessage(text), next: serviceMessage(text) },
    can,
    ...more,
    id,
  });
  return {
    prompt: text,
    image_url: text,
    end_image_url: text,
    callback: text,
    source_job_id: text,
    _service: {
      sandbox: true,
      host: text,
      note: text,
      has_key: false,
      examples: [{ title: text, url: text }],
    },
    _config: { locale: text, limits: {} },
    _account: {
      ...ACCOUNT,
      library: { path: text, bytes: 1, keeps: true, problems: [serviceMessage(text)] },
    },
    _live: live([
      videoJob(of("clip", { media, kind: "extend_video" })),
      videoJob(of(text, { media })),
      failedJob(of("bad", { media: [], created: null })),
      runningJob(of("run", { media: [], done: false })),
      uncertainJob(of("attempt:x", { media: [], status: "uncertain" })),
    ]),
    _submission: {
      click: text,
      phase: "refused",
      message: serviceMessage(text),
      field: text,
      candidates: [text],
    },
    _batch: { click: text, total: 3, sent: 1, done: 1, failed: 0, state: text },
  };
}

function expectHarmless(root: HTMLElement) {
  const forbidden =
    "script, iframe, object, embed, base, link, style, meta, form[action], svg *[href]";
  expect(root.querySelector(forbidden)).toBeNull();
  for (const element of root.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      expect(name, `${element.tagName} ${name}`).not.toMatch(/^on/);
      if (
        ["href", "src", "action", "formaction", "poster", "srcset", "xlink:href"].includes(name)
      ) {
        expect(value).toMatch(/^(https?:\/\/|blob:http:\/\/localhost)/);
      }
    }
  }
}

describe("hostile text from the service, the library or the notebook", () => {
  it.each(CORPUS)("stays text: %j", async (text) => {
    document.title = "safe";
    for (const source of ["image_url", "image_job", "text"]) {
      const studio = openStudio({ ...everywhere(text), source });
      const { el, kernel } = studio;
      kernel.answer = ({ type, ask }) => {
        if (type !== "describe") return;
        const described = { requests: 2, points: 1, json: text, curl: text, python: text };
        kernel.emit({ type: "described", ask, ...described, problem: null });
      };
      expectHarmless(el);
      const details = el.querySelector("details.request") as HTMLDetailsElement;
      details.open = true;
      details.dispatchEvent(new Event("toggle"));
      fireEvent.click(el.querySelector("[data-job-id=clip] .clip-open") as HTMLElement);
      await waitFor(() => expect(el.querySelector("dialog")).toBeTruthy());
      await waitFor(() => expect(el.querySelector(".code-text")).toBeTruthy());
      expectHarmless(el);
      studio.unmount();
      studio.session.dispose();
    }
    expect(document.title).toBe("safe");
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("owned");
  });

  it("gives no file a path or a hidden ending", async () => {
    const { fileName } = await import("../../src/ui/state/format");
    for (const text of CORPUS) {
      expect(fileName(text, 0, text)).toMatch(/^[\p{L}\p{N}\p{M}-]+\.mp4$/u);
    }
  });
});
