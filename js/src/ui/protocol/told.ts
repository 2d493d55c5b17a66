import { bag, text, textOrNull } from "./decode";

/** A sentence of the kernel: in English, and by what it is known in the other languages. */
export interface Told {
  text: string;
  /** Null when it is somebody else's sentence, such as the service's. */
  code: string | null;
  /** What stands in it, by name. */
  values: Readonly<Record<string, unknown>>;
  /** The input that it is about, when it tells of a problem with one. */
  field: string | null;
}

export function readTold(value: unknown): Told | null {
  const told = bag(value);
  if (!told) return null;
  return {
    text: text(told.text),
    code: textOrNull(told.code),
    values: bag(told.values) ?? {},
    field: textOrNull(told.field),
  };
}
