import { describe, expect, it } from "vitest";
import { CATALOGS } from "../../pages/catalogs";
import { serviceMessage, videoJob } from "../../pages/fixtures";
import { errorText, localize, nameOf, titleOf } from "../../src/ui/i18n/localize";
import { readCatalogs, translateFor } from "../../src/ui/i18n/translate";
import { readJob } from "../../src/ui/protocol/decode";

const translate = (locale: string | null) => translateFor(locale, CATALOGS);
const [en, es, zhCN] = [translate("en"), translate("es"), translate("zh-CN")];

describe("translating", () => {
  it("picks the language by the locale, English where there is no translation", () => {
    expect(translate("es-MX").language).toBe("es");
    expect(translate("zh-CN").language).toBe("zh-CN");
    expect(translate("zh_TW").language).toBe("zh-CN");
    expect(translate("fr").language).toBe("en");
    expect(translate(null).language).toBe("en");
  });

  it("is into English where the language did not come with the code", () => {
    const { en, es } = CATALOGS;
    for (const came of [{ en }, { en, es: null }, { en, es: {} }, { en, "zh-CN": {} }]) {
      const t = translateFor("es", readCatalogs(came));
      expect(t.language).toBe("en");
      expect(t("queue.points", { count: 1 })).toBe("1 point");
    }
    expect(translateFor("es", readCatalogs({ es })).language).toBe("es");
  });

  it("shows keys where no texts came at all", () => {
    for (const came of [undefined, null, "es", [], {}]) {
      expect(translateFor("es", readCatalogs(came))("gallery.title")).toBe("gallery.title");
    }
  });

  it("picks the plural form by the count, where a language has forms", () => {
    expect(en("queue.points", { count: 1 })).toBe("1 point");
    expect(en("queue.points", { count: 0 })).toBe("0 points");
    expect(es("queue.points", { count: 1 })).toBe("1 punto");
    expect(es("queue.points", { count: 1_000_000 })).toBe("1.000.000 puntos");
    expect(zhCN("queue.points", { count: 1 })).toBe("1 点");
  });

  it("formats numbers as the language does", () => {
    expect(en("cost.left", { points: 99_520 })).toBe("99,520 left");
    expect(es("cost.left", { points: 99_520 })).toBe("quedan 99.520");
  });

  it("leaves braces alone that are no placeholders", () => {
    expect(en("batch.hint")).toContain("{a|b|c}");
  });
});

describe("a message of the kernel", () => {
  const message = { text: "English", field: null };

  it("is translated by its code, with its values", () => {
    const values = { most: 1200, count: 1500 };
    const batch = { ...message, code: "batch_size", values };
    expect(localize(batch, zhCN)).toBe(
      "一批可有 1 到 1,200 个提示词；这一批有 1,500 个。没有发送任何内容。",
    );
    expect(localize(batch, en)).toBe("English");
  });

  it("may hold another one, such as its reason", () => {
    const error = {
      code: "broke",
      text: "the connection broke: reset",
      values: { error: "reset" },
    };
    const nested = { ...message, code: "uncertain_candidates", values: { reason: error } };
    expect(localize(nested, es)).toContain("se desconoce: se cortó la conexión: reset. Puede");
    expect(localize(nested, zhCN)).toContain("连接中断：reset");
    expect(localize(nested, en)).toContain("is unknown: the connection broke: reset. It may");
    const unknown = { ...nested, values: { reason: { code: "of_a_newer_kernel", text: "so" } } };
    expect(localize(unknown, es)).toContain("se desconoce: so. Puede");
    for (const value of [[], {}, { code: 1, values: 2 }, null]) {
      expect(localize({ ...nested, values: { reason: value } }, es)).not.toContain("object");
    }
  });

  it("inserts any value unchanged", () => {
    const values = { reason: "$& {reason} <b>" };
    expect(localize({ ...message, code: "not_started", values }, es)).toBe(
      "No se pudo iniciar el trabajo: $& {reason} <b>",
    );
  });

  it("about an input reads like the form's own", () => {
    const problem = { text: "prompt is empty", code: "required", values: {}, field: "prompt" };
    expect(localize(problem, es)).toBe("Describe qué debe ocurrir.");
    expect(localize(problem, en)).toBe("prompt is empty");
  });

  it("about an input may be the reason of another one", () => {
    const reason = { text: "prompt is empty", code: "required", values: {}, field: "prompt" };
    const failed = { ...message, code: "not_started", values: { reason } };
    expect(localize(failed, es)).toBe("No se pudo iniciar el trabajo: Describe qué debe ocurrir.");
  });

  it("stays unchanged where its code is not known", () => {
    for (const code of [null, "of_a_newer_kernel", "constructor", "no_key.length"]) {
      expect(localize({ ...message, code, values: {} }, es)).toBe("English");
    }
  });
});

describe("names of the service", () => {
  it("are translated where they are known, and shown as they came otherwise", () => {
    expect(nameOf(en, "status", "staged")).toBe("Queued");
    for (const name of ["rendering_audio", "toString", "__proto__", "", "a.b"]) {
      expect(nameOf(es, "status", name)).toBe(name);
    }
  });

  it("stand for the prompt of a job without one", () => {
    const job = readJob(videoJob({ prompt: " ", kind: "video_upscale" }));
    expect(job && titleOf(job, en)).toBe("Upscaled clip");
  });
});

it("ends a reason of the service like a sentence where advice follows", () => {
  const said = (text: string, next: string | null) =>
    errorText(
      {
        message: serviceMessage(text) as never,
        next: next === null ? null : (serviceMessage(next) as never),
      },
      en,
    );
  expect(said("Generation failed", "Try again.")).toBe("Generation failed. Try again.");
  expect(said("It is full!", "Try again.")).toBe("It is full! Try again.");
  expect(said("失败。", "Try again.")).toBe("失败。 Try again.");
  expect(said("Generation failed", null)).toBe("Generation failed");
  expect(errorText(null, en)).toBe("");
});
