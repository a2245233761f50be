/**
 * The lines that MONITOR shows.
 *
 * @module
 */

import type { Wire } from "./wire.ts";

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

/** What stands for each byte between quotes. */
const SHOWN: readonly string[] = Array.from({ length: 256 }, (_, byte) => shownAs(byte));

/**
 * A request as MONITOR shows it: when it was carried out, for which database and whom, and its arguments.
 *
 * @param now Milliseconds since 1970.
 */
export function monitorLine(
  now: number,
  database: number,
  { isUnix, address, localAddress }: Wire,
  args: readonly Uint8Array[],
): string {
  const seconds = Math.floor(now / 1_000);
  const micros = String(Math.floor((now % 1_000) * 1_000)).padStart(6, "0");
  const from = isUnix ? `unix:${localAddress.replace(/:0$/, "")}` : address;
  return `${seconds}.${micros} [${database} ${from}] ${args.map(quoted).join(" ")}`;
}

/** Bytes between quotes, as they could be typed: what is not printable ASCII is escaped. */
export function quoted(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes) text += SHOWN[byte]!;
  return text + '"';
}

function shownAs(byte: number): string {
  const text = String.fromCharCode(byte);
  const isPrintable = byte >= 0x20 && byte < 0x7f;
  return NAMED[text] ?? (isPrintable ? text : `\\x${byte.toString(16).padStart(2, "0")}`);
}
