import { describe, expect, it } from "vitest";
import contract from "../../../tests/contract/sayings.json";
import { en } from "../../src/ui/i18n/en";
import { es } from "../../src/ui/i18n/es";
import { tell, wordsFor } from "../../src/ui/i18n/translate";
import { zhCN } from "../../src/ui/i18n/zh-CN";

const SAMPLES = [2, "‹one›", "‹two›"];

/** Every visible word of a language by its path, those that are made of values with some. */
function all(words: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(words)) {
    const here = `${path}.${name}`;
    if (typeof value === "string") found.set(here, value);
    else if (typeof value === "object") for (const entry of all(value, here)) found.set(...entry);
    else if (!/\.(day|makes|remaining|counted)$/.test(here)) {
      found.set(here, String(value(...SAMPLES, ...SAMPLES)));
    }
  }
  return found;
}

describe("the words", () => {
  it("are chosen by the locale, English where there are none", () => {
    expect(wordsFor("es-MX").language).toBe("es");
    expect(wordsFor("zh-CN").language).toBe("zh-CN");
    expect(wordsFor("zh_TW").language).toBe("zh-CN");
    expect(wordsFor("fr").language).toBe("en");
    expect(wordsFor(null).language).toBe("en");
  });

  it.each([zhCN, es])("are complete in each language, with every value in place", (words) => {
    const theirs = all({ ...words, told: {} });
    for (const [path, english] of all({ ...en, told: {} })) {
      const own = theirs.get(path);
      expect(own, path).toBeTruthy();
      for (const value of ["‹one›", "‹two›"]) {
        const named = english.includes(value) && own?.includes(value);
        if (english.includes(value)) expect(named, `${path}: ${own}`).toBe(true);
      }
    }
  });

  it.each([zhCN, es])(
    "know all that the kernel says by code, with its values, and no more",
    (words) => {
      const named = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort();
      expect(Object.keys(words.told).sort()).toEqual(Object.keys(contract.sayings).sort());
      for (const [code, english] of Object.entries(contract.sayings)) {
        const theirs = named(words.told[code] ?? "");
        // Advice for who writes Python may be left out, but no value is made up or misspelt.
        expect(named(english), code).toEqual(expect.arrayContaining(theirs));
        expect(theirs.includes("{reason}"), code).toBe(english.includes("{reason}"));
      }
    },
  );

  it.each([en, zhCN, es])("know each problem that the kernel can find with an input", (words) => {
    expect(Object.keys(words.problems).sort()).toEqual([...contract.problems].sort());
  });

  it("put the values of a sentence in their places, numbers as they are written there", () => {
    const told = { text: "English", code: "batch_size", values: { most: 1200, count: 1500 } };
    expect(tell({ ...told, field: null }, zhCN)).toBe(
      "一批可有 1 到 1,200 个提示词；这一批有 1,500 个。",
    );
    expect(tell({ ...told, field: null }, en)).toBe("English");
  });

  it("take a value as it is, whatever it looks like", () => {
    const values = { reason: "$& {reason} <b>" };
    const told = { text: "English", code: "not_started", values, field: null };
    expect(tell(told, es)).toBe("No se inició: $& {reason} <b>");
  });

  it("tell of a problem with an input as the form does", () => {
    const told = { text: "prompt is empty", code: "required", values: {}, field: "prompt" };
    expect(tell(told, es)).toBe("Di qué debe ocurrir.");
    expect(tell(told, en)).toBe("prompt is empty");
  });

  it("leave what is not known by a code as it came", () => {
    const told = { text: "Something new.", values: {}, field: null };
    expect(tell({ ...told, code: null }, es)).toBe("Something new.");
    expect(tell({ ...told, code: "of_a_newer_kernel" }, es)).toBe("Something new.");
    expect(tell({ ...told, code: "constructor" }, es)).toBe("Something new.");
  });
});
