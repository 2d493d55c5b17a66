/**
 * Remove what pasting leaves in texts. Python's rules are the reference, in
 * `client/api/values/cleaning.py`; `tests/protocol/inputs.json` holds both to the same cases.
 */

const INVISIBLE =
  /[\u00ad\u061c\u115f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|(?<!\P{ASCII})[\u200c\u200d]|[\u200c\u200d](?!\P{ASCII})/gu;
const MARGINS = new RegExp(`^(?:\\s|${INVISIBLE.source})+|(?:\\s|${INVISIBLE.source})+$`, "gu");
const LINE_ENDS = /[\t\r\n\u2028\u2029]+ */g;
const LINK_AT_HEAD = /^["'`<\u201c\u2018]?https?:\/\/\S+/i;
const LINK_AT_END = /(?<!\S)(--end[ \t]+)(\S*https?:\/\/\S+)/gi;
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "<": ">",
  "\u201c": "\u201d",
  "\u2018": "\u2019",
};

/** Clean one word, such as a key or an id: no quotes around it, nothing invisible in it. */
export function cleanWord(text: string): string {
  let word = text.replace(INVISIBLE, "").trim();
  while (word.length > 1 && QUOTES[word.charAt(0)] === word.slice(-1)) {
    word = word.slice(1, -1).trim();
  }
  return word;
}

/** Clean a link, without the line ends in it. */
export function cleanLink(text: string): string {
  return cleanWord(cleanWord(text).replace(LINE_ENDS, ""));
}

/** Clean the margins of a prompt, the link at its head and that of `--end`, and no words. */
export function cleanPrompt(text: string): string {
  return text
    .replace(MARGINS, "")
    .replace(LINK_AT_HEAD, (link) => cleanWord(link))
    .replace(LINK_AT_END, (_, option: string, link: string) => `${option}${cleanWord(link)}`);
}
