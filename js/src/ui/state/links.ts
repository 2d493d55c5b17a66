/**
 * An absolute http(s) link without a login in it, or null. Everything that becomes an `href` or
 * `src` goes through here, so that `javascript:`, `data:` and the like never do.
 */
export function webLink(text: string | null | undefined): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters hide in links
  if (!text || /[\s\u0000-\u001f\u007f]/.test(text)) return null;
  if (!/^https?:\/\/[^/?#]/i.test(text)) return null;
  try {
    const url = new URL(text);
    const login = url.username !== "" || url.password !== "";
    return (url.protocol === "http:" || url.protocol === "https:") && !login ? text : null;
  } catch {
    return null;
  }
}

/** What the link of a picture begins with that only the kernel has. */
export const PICTURE_SCHEME = "picture:";
