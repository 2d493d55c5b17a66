import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";

export type Model = AnyModel<Record<string, unknown>>;

/** What anywidget passes; `signal` is missing before its version 0.11 and in other hosts. */
export type Initialize = Pick<InitializeProps<Record<string, unknown>>, "model"> & {
  signal?: AbortSignal;
};
export type Render = Pick<RenderProps<Record<string, unknown>>, "model" | "el"> & {
  signal?: AbortSignal;
};

/** What anywidget calls: once for a model and once for each of its views. Both return a cleanup. */
export interface Widget {
  initialize(props: Initialize): () => void;
  render(props: Render): (() => void) | undefined;
}
