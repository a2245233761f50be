/**
 * The lines that MONITOR shows.
 *
 * @module
 */

import { type DecodedRequest, requestName } from "../cafe/mod.ts";
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

/** Of an argument no more bytes are shown: a line of gigabytes is no string, and helps nobody. */
const MAX_SHOWN = 65_536;

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

const UTF8 = new TextEncoder();

/** A request of CAFE as MONITOR shows it: its name, then the fields that are bytes, without a password. */
export function wordsOf(request: DecodedRequest): Uint8Array[] {
  const name = UTF8.encode(requestName(request.op));
  if (request.op === "HELLO") return [name];
  const fields = Object.values(request).filter((value) => value instanceof Uint8Array);
  return [name, ...fields.filter(({ length }) => length > 0)];
}

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
