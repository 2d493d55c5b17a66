const LONGEST = 60;

/** A name that every file system takes, made of the prompt's first words and the clip's number. */
export function fileName(prompt: string, index: number, mime: string): string {
  const words = prompt
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  const short = [...words.toLowerCase()].slice(0, LONGEST).join("").replace(/-+$/, "");
  return `${short || "legnext"}-${index + 1}.${extension(mime)}`;
}

function extension(mime: string): string {
  if (mime.includes("png")) return "png";
  if (mime.includes("jpeg")) return "jpg";
  if (mime.includes("webp")) return "webp";
  return "mp4";
}
