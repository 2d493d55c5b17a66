import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { en } from "../../src/ui/words/en";
import { es } from "../../src/ui/words/es";
import { said, wordsFor } from "../../src/ui/words/words";
import { zhCN } from "../../src/ui/words/zh-CN";

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
    const theirs = all({ ...words, said: {} });
    for (const [path, english] of all({ ...en, said: {} })) {
      const own = theirs.get(path);
      expect(own, path).toBeTruthy();
      for (const value of ["‹one›", "‹two›"]) {
        const named = english.includes(value) && own?.includes(value);
        if (english.includes(value)) expect(named, `${path}: ${own}`).toBe(true);
      }
    }
  });

  it.each([zhCN, es])("know what the kernel says, word for word", (words) => {
    const folder = "../legnext_widgets/widgets/";
    const kernel = ["snapshots.py", "submitting.py", "intents.py"]
      .map((name) => readFileSync(`${folder}${name}`, "utf8"))
      .join("\n");
    for (const sentence of Object.keys(words.said)) expect(kernel).toContain(sentence);
  });

  it("leave what the kernel says unknown as it came", () => {
    expect(said("Something new. Check the API key.", es)).toBe(
      "Something new. Comprueba la clave de API.",
    );
  });
});
