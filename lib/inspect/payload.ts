/**
 * Keys and values of CAFE, split as the layout says.
 *
 * @module
 */

import { readI64, readU16, readU32 } from "../bytes/mod.ts";
import type { LayoutPart, LayoutPayload, PartType } from "../cafe/mod.ts";
import { quote } from "./printable.ts";

/** A part of a payload. */
export interface Part {
  /** Its name. */
  readonly name: string;
  /** Where it begins in the payload. */
  readonly at: number;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** What it says, when that is not bytes. */
  readonly value: string | number | bigint | undefined;
  /** What it says, for people. */
  readonly meaning: string;
}

const FIXED: Readonly<Partial<Record<PartType, number>>> = { u32: 4, u64: 8, i64: 8 };

/** How many keys of a page are split. */
const MAX_KEYS = 64;

/** A value with an offer begins with this byte. */
const OFFER_FIRST = 0;

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The parts of a payload; one of bytes when they are not laid out as said, and none when it is empty.
 *
 * @param most How many bytes of a part its meaning shows.
 */
export function splitPayload(
  { parts }: LayoutPayload,
  bytes: Uint8Array,
  name: string,
  most: number,
): Part[] {
  if (bytes.length === 0) return [];
  const split = trySplit(parts, bytes, most);
  return split ?? [partOf({ name, type: "bytes" }, 0, bytes, most)];
}

function trySplit(
  parts: readonly LayoutPart[],
  bytes: Uint8Array,
  most: number,
): Part[] | undefined {
  const found: Part[] = [];
  let at = 0;
  for (const part of parts) {
    if (part.type === "keys") return keysFrom(bytes, at, found, most);
    if (part.type === "credentials") return credentials(bytes, most);
    const size = FIXED[part.type] ?? bytes.length - at;
    if (at + size > bytes.length) return undefined;
    found.push(partOf(part, at, bytes.subarray(at, at + size), most));
    at += size;
  }
  return at === bytes.length ? found : undefined;
}

function partOf({ name, type }: LayoutPart, at: number, bytes: Uint8Array, most: number): Part {
  const value = valueOf(type, bytes, most);
  const shown = typeof value === "number" || typeof value === "bigint"
    ? `${value}`
    : quote(bytes, most);
  return { name, at, bytes, value, meaning: `${name} ${shown}` };
}

function valueOf(type: PartType, bytes: Uint8Array, most: number): Part["value"] {
  switch (type) {
    case "u32":
      return readU32(bytes, 0);
    case "u64":
      return narrow(BigInt.asUintN(64, readI64(bytes, 0)));
    case "i64":
      return narrow(readI64(bytes, 0));
    case "text":
    case "json":
      return UTF8.decode(bytes.subarray(0, most));
    default:
      return undefined;
  }
}

/** A number where that is exact. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function keysFrom(
  bytes: Uint8Array,
  from: number,
  found: Part[],
  most: number,
): Part[] | undefined {
  let keys = 0;
  for (let at = from; at < bytes.length; keys++) {
    const end = at + 2 > bytes.length ? Infinity : at + 2 + readU16(bytes, at);
    if (end > bytes.length) return undefined;
    if (keys < MAX_KEYS) {
      const length = bytes.subarray(at, at + 2);
      const value = readU16(bytes, at);
      found.push({ name: "key_len", at, bytes: length, value, meaning: `key_len ${value}` });
      if (value > 0) {
        found.push(
          partOf({ name: "key", type: "bytes" }, at + 2, bytes.subarray(at + 2, end), most),
        );
      }
    } else if (keys === MAX_KEYS) {
      const rest = bytes.subarray(at);
      found.push({ name: "keys", at, bytes: rest, value: undefined, meaning: "further keys" });
    }
    at = end;
  }
  return found;
}

/** The value of a HELLO: a password, or 0, its length, it, and an offer. */
function credentials(bytes: Uint8Array, most: number): Part[] | undefined {
  if (bytes[0] !== OFFER_FIRST) {
    return [partOf({ name: "password", type: "bytes" }, 0, bytes, most)];
  }
  const end = bytes.length < 3 ? Infinity : 3 + readU16(bytes, 1);
  if (end > bytes.length) return undefined;
  const size = end - 3;
  const found: Part[] = [
    { name: "form", at: 0, bytes: bytes.subarray(0, 1), value: 0, meaning: "an offer follows" },
    {
      name: "password_len",
      at: 1,
      bytes: bytes.subarray(1, 3),
      value: size,
      meaning: `password_len ${size}`,
    },
  ];
  if (size > 0) {
    found.push(partOf({ name: "password", type: "bytes" }, 3, bytes.subarray(3, end), most));
  }
  if (end < bytes.length) {
    found.push(partOf({ name: "offer", type: "json" }, end, bytes.subarray(end), most));
  }
  return found;
}
