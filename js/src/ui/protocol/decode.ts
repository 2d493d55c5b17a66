/** Reads parts of what came in as `unknown`: a wrong or missing part becomes its neutral value. */

export type Bag = Readonly<Record<string, unknown>>;

export const bag = (value: unknown): Bag | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Bag) : null;
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const textOrNull = (value: unknown): string | null =>
  typeof value === "string" ? value : null;
export const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export function kept<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value): value is T => value !== null);
}
