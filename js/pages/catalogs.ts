import en from "../src/ui/i18n/en.json";
import es from "../src/ui/i18n/es.json";
import type { Language } from "../src/ui/i18n/language";
import type { Catalog } from "../src/ui/i18n/translate";
import zhCN from "../src/ui/i18n/zh-CN.json";

/** The texts of all languages, which a notebook gets from its kernel. */
export const CATALOGS: Readonly<Record<Language, Catalog>> = { en, es, "zh-CN": zhCN };
