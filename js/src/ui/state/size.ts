const UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `187 MB`, in the way of a language. */
export function sizeOf(bytes: number, language: string): string {
  let amount = Math.max(0, bytes) / 1000;
  let unit = 0;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: UNITS[unit] ?? "terabyte",
    maximumFractionDigits: amount < 10 && unit > 0 ? 1 : 0,
  }).format(amount);
}
