import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { object, text } from "../protocol/decode";
import type en from "./en.json";
import { type Language, languageFor } from "./language";

/** Forms of one message by plural category; the parameter `count` selects the form. */
type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

type KeysOf<T> = {
  [K in keyof T & string]: T[K] extends string | PluralForms ? K : `${K}.${KeysOf<T[K]>}`;
}[keyof T & string];

/** The shape of `en.json`. Each language decides which of its messages need plural forms. */
type CatalogOf<T> = {
  readonly [K in keyof T]: T[K] extends string | PluralForms
    ? string | PluralForms
    : CatalogOf<T[K]>;
};
export type Catalog = CatalogOf<Omit<typeof en, "kernel">> & {
  /** Messages of the kernel by code. The kernel itself sends them in English. */
  readonly kernel: Readonly<Record<string, string>>;
};

/** The texts that came with the code, by language: that of the page, or English. */
export type Catalogs = Readonly<Partial<Record<Language, Catalog>>>;

export type MessageKey = KeysOf<Omit<typeof en, "kernel">>;
export type Params = Readonly<Record<string, unknown>>;

/** Translate a message into one language. */
export interface Translate {
  readonly language: Language;
  /**
   * The message under `key` with its `{placeholders}` filled in.
   *
   * @param params Values by placeholder. Numbers are formatted; `count` selects the plural form.
   */
  (key: MessageKey, params?: Params): string;
  /**
   * The translation of a kernel message, and of messages in it; undefined for an unknown code, as
   * in English.
   */
  kernelMessage(code: string, params: Params): string | undefined;
  /** What is wrong with an input: a text for this very field where there is one. */
  problemWith(field: string, code: string): string | undefined;
  /** Check whether a name that came from outside makes a known key. */
  has(key: string): key is MessageKey;
}

/** Translate into the language of a catalog. */
function createTranslate(language: Language, catalog: Catalog): Translate {
  const numbers = new Intl.NumberFormat(language);
  const plurals = new Intl.PluralRules(language);

  function format(value: unknown): string {
    const nested = object(value);
    if (nested) {
      const code = text(nested.code);
      const problem = problemWith(text(nested.field), code);
      return problem ?? kernelMessage(code, object(nested.values) ?? {}) ?? text(nested.text);
    }
    return typeof value === "number" ? numbers.format(value) : String(value ?? "…");
  }

  const fill = (text: string, params: Params) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => format(params[name]));

  function translate(key: MessageKey, params: Params = {}): string {
    const message = find(catalog, key);
    if (message === undefined) return key;
    return fill(typeof message === "string" ? message : pick(message, params.count), params);
  }

  function pick(forms: PluralForms, count: unknown): string {
    return forms[plurals.select(Number(count))] ?? forms.other;
  }

  function kernelMessage(code: string, params: Params): string | undefined {
    const message = Object.hasOwn(catalog.kernel, code) ? catalog.kernel[code] : undefined;
    return message === undefined ? undefined : fill(message, params);
  }

  function problemWith(field: string, code: string): string | undefined {
    if (!field) return undefined;
    const keys = [`problem_with.${field}.${code}`, `problems.${code}`] as MessageKey[];
    const key = keys.find((each) => find(catalog, each) !== undefined);
    return key && translate(key);
  }

  return Object.assign(translate, {
    language,
    kernelMessage,
    problemWith,
    has: (key: string): key is MessageKey => find(catalog, key) !== undefined,
  });
}

function find(catalog: object, key: string): string | PluralForms | undefined {
  let found: unknown = catalog;
  for (const name of key.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name))
      return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  const isMessage =
    typeof found === "string" || (typeof found === "object" && "other" in (found ?? {}));
  return isMessage ? (found as string | PluralForms) : undefined;
}

/** Stands where no texts came: keys are shown. */
const NO_TEXTS = { kernel: {} } as unknown as Catalog;

/** Translate for a locale such as `es-MX`: into English where its language did not come. */
export function translateFor(locale: string | null, catalogs: Catalogs): Translate {
  const language = languageFor(locale);
  const catalog = catalogs[language];
  return catalog
    ? createTranslate(language, catalog)
    : createTranslate("en", catalogs.en ?? NO_TEXTS);
}

/** Read the catalogs that came with the code. They are of the same build, and so complete. */
export function readCatalogs(value: unknown): Catalogs {
  const isCatalog = ([, catalog]: [string, unknown]) =>
    typeof catalog === "object" && catalog !== null && "kernel" in catalog;
  return Object.fromEntries(Object.entries(value ?? {}).filter(isCatalog));
}

const TranslateContext = createContext<Translate>(createTranslate("en", NO_TEXTS));

export const TranslateProvider = TranslateContext.Provider;
export const useTranslate = (): Translate => useContext(TranslateContext);
