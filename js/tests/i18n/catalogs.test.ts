import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import shared from "../../../tests/protocol/messages.json";
import en from "../../src/ui/i18n/en.json";
import es from "../../src/ui/i18n/es.json";
import loading from "../../src/ui/i18n/loading.json";
import zhCN from "../../src/ui/i18n/zh-CN.json";

type Message = string | Record<string, string>;

// The loader's messages stand apart, so that the loader stays small.
const OTHERS = {
  es: { ...es, loading: loading.es },
  "zh-CN": { ...zhCN, loading: loading["zh-CN"] },
};
const ENGLISH = messagesOf({ ...en, loading: loading.en });

/** All messages of a catalog by key, except those of the kernel. */
function messagesOf({
  kernel: _,
  ...catalog
}: {
  kernel: object;
  loading: object;
}): Map<string, Message> {
  const found = new Map<string, Message>();
  const collect = (node: object, path: string) => {
    for (const [name, value] of Object.entries(node)) {
      const key = path ? `${path}.${name}` : name;
      if (typeof value === "string" || "other" in value) found.set(key, value);
      else collect(value, key);
    }
  };
  collect(catalog, "");
  return found;
}

const formsOf = (message: Message): string[] =>
  typeof message === "string" ? [message] : Object.values(message);

/** Placeholders of a message, in any of its forms. */
const placeholders = (message: Message): string[] =>
  [...new Set(formsOf(message).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

describe.each(Object.entries(OTHERS))("the catalog of %s", (language, catalog) => {
  const messages = messagesOf(catalog);

  it("has the keys of English and no others", () => {
    expect([...messages.keys()].sort()).toEqual([...ENGLISH.keys()].sort());
  });

  it("has the placeholders of English in each message", () => {
    for (const [key, message] of messages) {
      const english = placeholders(ENGLISH.get(key) ?? "");
      expect(placeholders(message), `${key}: ${JSON.stringify(message)}`).toEqual(english);
    }
  });

  it("has only plural forms that the language knows", () => {
    const known = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, message] of messages) {
      if (typeof message === "string") continue;
      for (const category of Object.keys(message)) expect(known, key).toContain(category);
    }
  });

  it("has every message of the kernel, with its placeholders", () => {
    const kernel: Record<string, string> = catalog.kernel;
    const ofKernel = { ...shared.messages, ...shared.reasons };
    expect(Object.keys(kernel).sort()).toEqual(Object.keys(ofKernel).sort());
    for (const [code, english] of Object.entries(ofKernel)) {
      const theirs = placeholders(kernel[code] ?? "");
      // Advice for Python authors may be left out, but no placeholder is made up or misspelt.
      expect(placeholders(english), code).toEqual(expect.arrayContaining(theirs));
      expect(theirs.includes("{reason}"), code).toBe(english.includes("{reason}"));
    }
  });
});

describe("the English catalog", () => {
  it("has a message for each problem that the kernel can find with an input", () => {
    const { too_long_by: _, ...problems } = en.problems;
    expect(Object.keys(problems).sort()).toEqual([...shared.problems].sort());
  });

  it("has no empty message", () => {
    for (const [key, message] of ENGLISH) {
      for (const form of formsOf(message)) expect(form.trim(), key).not.toBe("");
    }
  });

  it("is used with the placeholders that each message has", () => {
    const sources = sourcesIn(resolve(import.meta.dirname, "../../src/ui"));
    let calls = 0;
    for (const [, key, , params] of sources.matchAll(/\bt\(\s*"([\w.]+)"(,\s*\{([^}]*)\})?/g)) {
      const given = (params ?? "").split(",").map((param) => param.split(":")[0]?.trim());
      const wanted = placeholders(ENGLISH.get(key ?? "") ?? "").map((name) => name.slice(1, -1));
      expect(given, `t("${key}")`).toEqual(expect.arrayContaining(wanted));
      calls += 1;
    }
    expect(calls).toBeGreaterThan(150);
  });

  it("has no message that nothing shows", () => {
    const sources = sourcesIn(resolve(import.meta.dirname, "../../src"));
    const composed =
      /^(status|kind|untitled|problems|problem_with|loading)\.|^request\.(json|curl|python)$|^gallery\.(small|medium|large)$/;
    const unused = [...ENGLISH.keys()].filter(
      (key) => !composed.test(key) && !sources.includes(`"${key}"`),
    );
    expect(unused).toEqual([]);
  });
});

function sourcesIn(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}
