/**
 * Bytes as text that stays one line.
 *
 * @module
 */

/** The bytes that have an escape of their own. */
const NAMED: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x07": "\\a",
  "\b": "\\b",
  "\\": "\\\\",
  '"': '\\"',
};

/** Of an argument no more bytes are shown: a line of gigabytes is no string, and helps nobody. */
const MAX_SHOWN = 65_536;

/** What stands for each byte between quotes. */
const SHOWN: readonly string[] = Array.from({ length: 256 }, (_, byte) => shownAs(byte));

/** Bytes between quotes, as they could be typed: what is not printable ASCII is escaped. */
export function quoted(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes.subarray(0, MAX_SHOWN)) text += SHOWN[byte]!;
  const rest = bytes.length - MAX_SHOWN;
  return rest <= 0 ? text + '"' : `${text}"... (${rest} more bytes)`;
}

function shownAs(byte: number): string {
  const text = String.fromCharCode(byte);
  const isPrintable = byte >= 0x20 && byte < 0x7f;
  return NAMED[text] ?? (isPrintable ? text : `\\x${byte.toString(16).padStart(2, "0")}`);
}
