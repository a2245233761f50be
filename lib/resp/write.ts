/**
 * Replies to bytes, one value without its children: lines, bulk strings, numbers.
 *
 * @module
 */

import type { WriteBuffer } from "../bytes/mod.ts";
import type { RespNull } from "./value.ts";

/** Which protocol a connection speaks: 2 until it says HELLO 3. */
export type RespVersion = 2 | 3;

const UTF8 = new TextEncoder();
const CRLF = 0x0d0a;

/** The replies that are sent most, whole. */
const SIMPLE: ReadonlyMap<string, Uint8Array> = new Map(
  ["OK", "PONG", "QUEUED"].map((text) => [text, UTF8.encode(`+${text}\r\n`)]),
);
const NULL_BULK = UTF8.encode("$-1\r\n");
const NULL_ARRAY = UTF8.encode("*-1\r\n");
const NULL = UTF8.encode("_\r\n");
const TRUE = UTF8.encode("#t\r\n");
const FALSE = UTF8.encode("#f\r\n");

/** The bytes that types begin with. */
export const SIGN = {
  simple: 0x2b,
  error: 0x2d,
  integer: 0x3a,
  bulk: 0x24,
  double: 0x2c,
  bigNumber: 0x28,
  verbatim: 0x3d,
  array: 0x2a,
  map: 0x25,
  set: 0x7e,
  push: 0x3e,
  attribute: 0x7c,
} as const;

/** A type byte, a whole number and CRLF. */
export function writeLine(sign: number, value: number, out: WriteBuffer): void {
  out.u8(sign);
  out.decimal(value);
  out.u16(CRLF);
}

/** A bulk string. */
export function writeBulk(bytes: Uint8Array, out: WriteBuffer): void {
  writeLine(SIGN.bulk, bytes.length, out);
  out.bytes(bytes);
  out.u16(CRLF);
}

/** An integer. */
export function writeInteger(value: number | bigint, out: WriteBuffer): void {
  if (typeof value === "number") writeLine(SIGN.integer, value, out);
  else writeText(SIGN.integer, String(value), out);
}

/** No value. */
export function writeNull(form: RespNull["form"], version: RespVersion, out: WriteBuffer): void {
  if (version === 3) out.bytes(NULL);
  else out.bytes(form === "bulk" ? NULL_BULK : NULL_ARRAY);
}

/** True or false: an integer in RESP2. */
export function writeBoolean(value: boolean, version: RespVersion, out: WriteBuffer): void {
  if (version === 2) writeInteger(value ? 1 : 0, out);
  else out.bytes(value ? TRUE : FALSE);
}

/** A simple string. */
export function writeSimple(text: string, out: WriteBuffer): void {
  const whole = SIMPLE.get(text);
  if (whole === undefined) writeText(SIGN.simple, text, out);
  else out.bytes(whole);
}

/** A text that ends with its line. */
export function writeText(sign: number, text: string, out: WriteBuffer): void {
  out.u8(sign);
  out.text(/[\r\n]/.test(text) ? text.replaceAll(/[\r\n]/g, " ") : text);
  out.u16(CRLF);
}

/** A number in text: a bulk string in RESP2. */
export function writeNumber(
  sign: number,
  text: string,
  version: RespVersion,
  out: WriteBuffer,
): void {
  if (version === 3) writeText(sign, text, out);
  else writeBulk(UTF8.encode(text), out);
}

/** A verbatim string: a bulk string in RESP2. */
export function writeVerbatim(
  format: string,
  bytes: Uint8Array,
  version: RespVersion,
  out: WriteBuffer,
): void {
  if (version === 2) return writeBulk(bytes, out);
  writeLine(SIGN.verbatim, format.length + 1 + bytes.length, out);
  out.text(`${format}:`);
  out.bytes(bytes);
  out.u16(CRLF);
}
