/**
 * The lines that MONITOR shows.
 *
 * @module
 */

import { type DecodedRequest, requestName } from "../cafe/mod.ts";
import { quoted } from "../handler/mod.ts";
import type { Wire } from "./wire.ts";

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
