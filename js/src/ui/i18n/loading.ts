import type { Language } from "./language";

/** What is said before the front end is there; apart from all other words, to stay small. */
export interface LoadingWords {
  /** While it is on its way. */
  loading: string;
  /** When nobody has answered for some seconds. */
  silent: string;
  /** When the page did not let its code run. */
  failed: (reason: string) => string;
}

export const loadingWords: Readonly<Record<Language, LoadingWords>> = {
  en: {
    loading: "Loading…",
    silent:
      "The kernel has not answered: it is busy with a cell, or gone. If this stays, run this cell again.",
    failed: (reason) =>
      `The widget could not be started in this page (${reason}). Reload the page and run this cell again.`,
  },
  "zh-CN": {
    loading: "正在加载…",
    silent: "内核没有响应：可能正忙于运行单元格，或已断开。如果一直如此，请重新运行此单元格。",
    failed: (reason) => `无法在此页面中启动该组件（${reason}）。请重新加载页面并重新运行此单元格。`,
  },
  es: {
    loading: "Cargando…",
    silent:
      "El kernel no ha respondido: está ocupado con una celda o ya no está. Si sigue así, ejecuta de nuevo esta celda.",
    failed: (reason) =>
      `El widget no se pudo iniciar en esta página (${reason}). Recarga la página y ejecuta de nuevo esta celda.`,
  },
};
