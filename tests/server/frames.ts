/**
 * CAFE frames for tests, written from the tables of the specification and nothing else: the code under
 * test has its own.
 */

import { concat } from "@std/bytes";
import { crc32 } from "node:zlib";
import { textOf, utf8 } from "../codec/helpers.ts";

export const GET = 1;
export const SET = 2;
export const DELETE = 3;
export const PING = 4;
export const INCR = 6;
export const APPEND = 7;
export const TOUCH = 8;
export const SCAN = 9;
export const STATS = 10;
export const SUBSCRIBE = 11;
export const UNSUBSCRIBE = 12;
export const PUBLISH = 13;
export const PART = 15;
export const WINDOW = 16;

const CHECKSUM = 0x0004;
const ID = 0x0010;
const TTL = 0x0020;
const VERSION = 0x0040;
export const MORE = 0x0080;
export const DURABLE = 0x0200;

const REPLIES: Readonly<Record<number, string>> = {
  128: "OK",
  129: "ERR",
  130: "MISS",
  131: "PUSH",
  132: "GOAWAY",
  133: "PART",
  134: "WINDOW",
};

/** What a frame is made of; flags follow from the extensions that are given. */
export interface Parts {
  readonly opcode: number;
  readonly version?: number;
  /** Flags besides those that follow. */
  readonly flags?: number;
  readonly id?: number | undefined;
  readonly ttl?: number | undefined;
  readonly entryVersion?: number | undefined;
  readonly key?: Uint8Array | string;
  readonly value?: Uint8Array | string;
  readonly checksum?: boolean | undefined;
}

/** A frame that was received. */
export interface Reply {
  readonly type: string;
  readonly flags: number;
  readonly id: number | undefined;
  readonly ttl: number | undefined;
  readonly version: number | undefined;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** How many bytes the frame took. */
  readonly size: number;
}

/** The bytes of a frame. */
export function frame(parts: Parts): Uint8Array {
  const { opcode, version = 1, flags = 0, id, ttl, entryVersion, checksum = false } = parts;
  const key = bytesOf(parts.key ?? "");
  const value = bytesOf(parts.value ?? "");
  const all = flags | (checksum ? CHECKSUM : 0) | (id === undefined ? 0 : ID) |
    (ttl === undefined ? 0 : TTL) | (entryVersion === undefined ? 0 : VERSION);
  const header = new DataView(new ArrayBuffer(32));
  header.setUint16(0, 0xcafe);
  header.setUint8(2, version);
  header.setUint8(3, opcode);
  header.setUint16(4, all);
  header.setUint16(6, key.length);
  header.setUint32(8, value.length);
  let at = 12;
  if (id !== undefined) header.setUint32(at, id), at += 4;
  if (ttl !== undefined) header.setBigUint64(at, BigInt(ttl)), at += 8;
  if (entryVersion !== undefined) header.setBigUint64(at, BigInt(entryVersion)), at += 8;
  const covered = concat([new Uint8Array(header.buffer, 0, at), key, value]);
  if (!checksum) return covered;
  const trailer = new DataView(new ArrayBuffer(4));
  trailer.setUint32(0, crc32(covered));
  return concat([covered, new Uint8Array(trailer.buffer)]);
}

/** The first frame of `bytes`; undefined when it is not whole. */
export function parseReply(bytes: Uint8Array): Reply | undefined {
  if (bytes.length < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0xcafe || bytes[2] !== 1) {
    throw new Error(`not a frame of version 1: ${bytes.subarray(0, 12).toHex()}`);
  }
  const flags = view.getUint16(4);
  const idSize = flags & ID ? 4 : 0;
  const ttlSize = flags & TTL ? 8 : 0;
  const versionSize = flags & VERSION ? 8 : 0;
  const keyAt = 12 + idSize + ttlSize + versionSize;
  const valueAt = keyAt + view.getUint16(6);
  const end = valueAt + view.getUint32(8);
  const size = end + (flags & CHECKSUM ? 4 : 0);
  if (bytes.length < size) return undefined;
  if (flags & CHECKSUM && view.getUint32(end) !== crc32(bytes.subarray(0, end))) {
    throw new Error("wrong checksum");
  }
  return {
    type: REPLIES[bytes[3]!] ?? `opcode ${bytes[3]}`,
    flags,
    id: idSize ? view.getUint32(12) : undefined,
    ttl: ttlSize ? Number(view.getBigUint64(12 + idSize)) : undefined,
    version: versionSize ? Number(view.getBigUint64(12 + idSize + ttlSize)) : undefined,
    key: bytes.slice(keyAt, valueAt),
    value: bytes.slice(valueAt, end),
    size,
  };
}

/** All frames of a whole stream; throws when it ends inside one. */
export function parseReplies(bytes: Uint8Array): Reply[] {
  const replies: Reply[] = [];
  for (let at = 0; at < bytes.length;) {
    const reply = parseReply(bytes.subarray(at));
    if (reply === undefined) throw new Error(`stream ends inside the frame at ${at}`);
    replies.push(reply);
    at += reply.size;
  }
  return replies;
}

/** A reply in a word: `OK`, `ERR TOO_LARGE`. */
export function wordOf({ type, key }: Reply): string {
  return type === "ERR" ? `ERR ${textOf(key)}` : type;
}

/** A number in 4 bytes. */
export function u32(number: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** A number in 8 bytes. */
export function u64(number: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

function bytesOf(bytes: Uint8Array | string): Uint8Array {
  return typeof bytes === "string" ? utf8(bytes) : bytes;
}
