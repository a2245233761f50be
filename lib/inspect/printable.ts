/**
 * Bytes and numbers for people.
 *
 * @module
 */

/** Keeps a leading U+FEFF, and refuses what is not UTF-8. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** How many bytes of a key or an argument a title shows. */
const TITLE_BYTES = 32;

/** Bytes in hex with spaces between: `ca fe`. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Text in quotes when the bytes are UTF-8 that prints, otherwise hex. At most `most` bytes are shown. */
export function quote(bytes: Uint8Array, most: number): string {
  const shown = bytes.subarray(0, most);
  const rest = bytes.length - shown.length;
  const text = rest === 0 ? decodeText(shown) : decodeCut(shown);
  const quoted = text !== undefined ? JSON.stringify(text) : `0x${shown.toHex()}`;
  return rest === 0 ? quoted : `${quoted} and ${rest} bytes more`;
}

/** A key or an argument in a title: bare when it is a plain word. */
export function word(bytes: Uint8Array): string {
  const text = decodeText(bytes.subarray(0, TITLE_BYTES));
  if (bytes.length > TITLE_BYTES) return `${quote(bytes.subarray(0, TITLE_BYTES), TITLE_BYTES)}...`;
  return text !== undefined && /^[\x21-\x7e]+$/.test(text) && !/["'\\]/.test(text)
    ? text
    : quote(bytes, TITLE_BYTES);
}

/** The text of bytes that are UTF-8 without control characters but tabs and ends of lines. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = UTF8.decode(bytes);
    return /[^\P{C}\t\r\n]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The same of bytes that may end inside a character. */
function decodeCut(bytes: Uint8Array): string | undefined {
  for (let cut = 0; cut < 4 && cut < bytes.length; cut++) {
    const text = decodeText(bytes.subarray(0, bytes.length - cut));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** So many of something: `1 byte`, `2 bytes`. */
export function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}

const SHORT: Readonly<Record<string, string>> = { "\t": "\\t", "\r": "\\r", "\n": "\\n" };

/** Text on one line, with what does not print escaped: what a peer sent must not command a terminal. */
export function oneLine(text: string): string {
  return text.replace(
    /\p{C}/gu,
    (odd) => SHORT[odd] ?? `\\u${odd.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

/** A value as JSON on one line, with what does not print escaped, for the same reason. */
export function oneLineJson(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/\p{C}/gu, (odd) => odd.split("").map(escaped).join(""));
}

/** Whether bytes that cannot be read may have a password: they begin with a command that may have one. */
export function maySayPassword(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes.subarray(0, 256));
  return /auth|hello|pass|config|acl|migrate/i.test(text);
}
