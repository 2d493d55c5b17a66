import { describe, expect, it } from "vitest";
import { localeOf } from "../../src/ui/i18n/language";

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
