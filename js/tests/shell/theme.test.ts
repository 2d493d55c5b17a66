import { describe, expect, it } from "vitest";
import { localeOf } from "../../src/ui/i18n/language";
import { detectTheme } from "../../src/ui/shell/theme";

describe("the theme", () => {
  function page(attributes: Record<string, string>, root: Record<string, string> = {}): Document {
    const made = document.implementation.createHTMLDocument();
    for (const [name, value] of Object.entries(attributes)) made.body.setAttribute(name, value);
    for (const [name, value] of Object.entries(root)) {
      made.documentElement.setAttribute(name, value);
    }
    return made;
  }

  it.each([
    ["JupyterLab dark", page({ "data-jp-theme-light": "false" }), false, "dark"],
    ["JupyterLab light on a dark system", page({ "data-jp-theme-light": "true" }), true, "light"],
    ["VS Code dark", page({ class: "vscode-dark" }), false, "dark"],
    ["VS Code high contrast", page({ class: "vscode-high-contrast" }), false, "dark"],
    ["VS Code light", page({ class: "vscode-light" }), true, "light"],
    ["a dark class", page({}, { class: "x dark" }), false, "dark"],
    ["a data-theme", page({}, { "data-theme": "dark" }), false, "dark"],
    ["Colab", page({}, { theme: "dark" }), false, "dark"],
    ["nothing said, dark system", page({}), true, "dark"],
    ["nothing said, light system", page({}), false, "light"],
  ])("%s", (_, made, systemDark, expected) => {
    expect(detectTheme(made, systemDark)).toBe(expected);
  });
});

describe("the language of a page", () => {
  it("follows JupyterLab where a language is set there, else the browser", () => {
    const page = document.implementation.createHTMLDocument();
    page.documentElement.lang = "es";
    expect(localeOf(page)).toBe(navigator.language);
    page.body.dataset.jpThemeName = "JupyterLab Light";
    expect(localeOf(page)).toBe("es");
    page.documentElement.lang = "en";
    expect(localeOf(page)).toBe(navigator.language);
  });
});
