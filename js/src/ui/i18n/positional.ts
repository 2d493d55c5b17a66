/**
 * Put a catalog together from its messages alone, in the order of known keys: the bundle holds the
 * keys once, not once for each language. See `catalogs.mjs`.
 */
export function withKeys(keys: readonly string[], messages: readonly unknown[]): object {
  return Object.fromEntries(keys.map((key, at) => [key, messages[at]]));
}
