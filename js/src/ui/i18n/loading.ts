import { loading as en } from "./en.json";
import { loading as es } from "./es.json";
import type { Language } from "./language";
import { loading as zhCN } from "./zh-CN.json";

/** What the loader shows before the front end is there: the only messages it carries. */
export type LoadingMessages = typeof en;

export const loadingMessages: Readonly<Record<Language, LoadingMessages>> = {
  en,
  "zh-CN": zhCN,
  es,
};
