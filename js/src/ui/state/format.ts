/** Times, sizes and names as people write them. */

/** `0:07`, `3:56`, `1:02:09`: a clock that does not jump in width. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (part: number) => String(part).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0
    ? `${hours}:${pad(minutes)}:${pad(whole % 60)}`
    : `${minutes}:${pad(whole % 60)}`;
}

/** Remaining time rounded as far as an estimate can be trusted. */
export function roughly(seconds: number): { unit: "seconds" | "minutes"; amount: number } {
  if (seconds < 55) return { unit: "seconds", amount: Math.max(5, Math.ceil(seconds / 5) * 5) };
  return { unit: "minutes", amount: Math.max(1, Math.round(seconds / 60)) };
}

/** Today and yesterday by name, other days by their date; empty without a day. */
export function dayName(day: string, now: Date, language: string): string {
  if (!day) return "";
  const date = new Date(`${day}T12:00:00`);
  const noon = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12);
  const ago = Math.round((date.getTime() - noon.getTime()) / 86_400_000);
  const near = ago === 0 || ago === -1;
  const name = near
    ? new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(ago, "day")
    : new Intl.DateTimeFormat(language, { dateStyle: "full" }).format(date);
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

const UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `187 MB`, as the language writes it. */
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

const NAME_LENGTH = 60;

/** A name that every file system accepts, from the prompt's first words and the clip's number. */
export function fileName(prompt: string, index: number, mime: string): string {
  const words = prompt
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  const short = [...words.toLowerCase()].slice(0, NAME_LENGTH).join("").replace(/-+$/, "");
  return `${short || "legnext"}-${index + 1}.${extension(mime)}`;
}

function extension(mime: string): string {
  if (mime.includes("png")) return "png";
  if (mime.includes("jpeg")) return "jpg";
  if (mime.includes("webp")) return "webp";
  if (mime.includes("gif")) return "gif";
  return "mp4";
}
