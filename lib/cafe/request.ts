/**
 * CAFE requests, and their frames as a client writes them (docs/cafe.md, section 5).
 *
 * @module
 */

import { NO_BYTES, type WriteBuffer } from "../bytes/mod.ts";
import type { Encoder } from "../codec/mod.ts";
import type { BasicRequest, HelloRequest, InvalidRequest } from "../model/mod.ts";
import { checkField, checkI64 } from "./check.ts";
import { FLAGS } from "./flags.ts";
import { writeHead } from "./head.ts";
import { REQUEST_OPCODES } from "./opcodes.ts";
import type { Sealer } from "./protection.ts";

/** What a frame says of its request besides what is asked. */
export interface RequestHead {
  /** The request's id, an unsigned 32-bit number: the reply has the same. */
  readonly id: number | undefined;
  /** Whether a reply is sent only for an error, and for a GET that finds its key. */
  readonly quiet: boolean;
  /** Whether the reply carries a checksum, because the request did. */
  readonly checksum: boolean;
  /**
   * Whether the reply comes only when what the request has changed, and all that was carried out before it,
   * is on stable storage.
   */
  readonly durable: boolean;
}

/** Begins to store a value that comes in parts: a SET with MORE. It needs an id. */
export interface SetPartsRequest {
  /** Which request this is. */
  readonly op: "SET_PARTS";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** How many bytes the parts have together. */
  readonly size: number;
  /** Time to live in milliseconds, from 1; none: the entry does not expire. */
  readonly ttl: number | undefined;
  /** Only if the entry has this version; 0: only if there is no entry. */
  readonly version: number | undefined;
}

/** Reads a value that may come in parts: a GET with MORE. It needs an id. */
export interface GetPartsRequest {
  /** Which request this is. */
  readonly op: "GET_PARTS";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Whether the reply is to carry the entry's version. */
  readonly wantVersion: boolean;
  /** How many bytes of parts may be sent before a WINDOW allows more, an unsigned 32-bit number. */
  readonly window: number;
}

/** The next part of the value of the SET in parts with the same id. */
export interface PartRequest {
  /** Which request this is. */
  readonly op: "PART";
  /** The part. */
  readonly value: Uint8Array;
  /** Whether the value ends with it. */
  readonly last: boolean;
}

/** Allows more parts of the reply to the GET with the same id, or gives up the request with that id. */
export interface WindowRequest {
  /** Which request this is. */
  readonly op: "WINDOW";
  /** How many bytes more, an unsigned 32-bit number; 0 to give up. */
  readonly bytes: number;
}

/** What only CAFE has: requests about values in parts. */
export type PartsRequest = SetPartsRequest | GetPartsRequest | PartRequest | WindowRequest;

/** A request as a client sends it. */
export type CafeRequest = (BasicRequest | PartsRequest) & RequestHead;

/** A request that cannot be understood. */
export type InvalidCafeRequest = InvalidRequest & RequestHead & {
  /** Whether it is about a value that is on its way: without that it means nothing, and is not answered. */
  readonly ofPart?: true;
};

/** A request as a server decodes it. */
export type DecodedRequest = CafeRequest | InvalidCafeRequest;

/** The longest time to live, in milliseconds: added to the current time, the sum is still exact. */
export const MAX_TTL: number = 2 ** 52;

/** The first byte of the value of a HELLO that has an offer behind the password: no password begins with it. */
export const OFFER_FIRST = 0;

/**
 * Encodes CAFE requests: what a client writes.
 *
 * @example
 * ```ts
 * import { CafeRequestEncoder } from "@cortado/cortado/cafe";
 * import { encodeAll } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const key = new TextEncoder().encode("foo");
 * const bytes = encodeAll(new CafeRequestEncoder(), [
 *   { op: "GET", key, wantVersion: false, id: 7, quiet: false, checksum: false, durable: false },
 * ]);
 * assertEquals(bytes.toHex(), "cafe01010010000300000000" + "00000007" + "666f6f");
 * ```
 */
export class CafeRequestEncoder implements Encoder<CafeRequest> {
  #sealer: Sealer | undefined = undefined;

  /** Lets all frames from the next one on be protected as two sides have agreed. */
  protect(sealer: Sealer): void {
    this.#sealer = sealer;
  }

  /**
   * Appends the frame of one request.
   *
   * @throws {RangeError} When a key or a value is longer than a header can say, or a number is out of
   *   range. Nothing is appended then.
   */
  encode(request: CafeRequest, out: WriteBuffer): void {
    if (this.#sealer === undefined) return encodePlain(request, out);
    this.#sealer.seal((plain) => encodePlain(request, plain), out);
  }
}

function encodePlain(request: CafeRequest, out: WriteBuffer): void {
  switch (request.op) {
    case "GET":
      return write(
        out,
        request,
        request.key,
        NO_BYTES,
        undefined,
        request.wantVersion ? 0 : undefined,
      );
    case "SET":
      return write(out, request, request.key, request.value, request.ttl, request.version);
    case "DELETE":
      return write(out, request, request.key, NO_BYTES, undefined, request.version);
    case "PING":
      return write(out, request, NO_BYTES, request.value);
    case "HELLO":
      return write(out, request, request.user, encodePassword(request));
    case "INCR":
      return write(out, request, request.key, encodeDelta(request.delta));
    case "APPEND":
      return write(out, request, request.key, request.value);
    case "TOUCH":
      return write(out, request, request.key, NO_BYTES, request.ttl);
    case "SCAN":
      return write(out, request, request.prefix, encodeCursor(request.cursor));
    case "STATS":
      return write(out, request, request.section, NO_BYTES);
    case "SUBSCRIBE":
    case "UNSUBSCRIBE":
      return write(out, request, request.channel, NO_BYTES);
    case "PUBLISH":
      return write(out, request, request.channel, request.message);
    case "COMPACT":
      return write(out, request, NO_BYTES, NO_BYTES);
    case "SET_PARTS": {
      const { key, size, ttl, version } = request;
      return write(out, request, key, encodeSize(size), ttl, version, FLAGS.MORE);
    }
    case "GET_PARTS": {
      const version = request.wantVersion ? 0 : undefined;
      const window = encodeWindow(REQUEST_OPCODES.GET, request.window);
      return write(out, request, request.key, window, undefined, version, FLAGS.MORE);
    }
    case "PART": {
      const more = request.last ? 0 : FLAGS.MORE;
      return write(out, request, NO_BYTES, request.value, undefined, undefined, more);
    }
    case "WINDOW":
      return write(out, request, NO_BYTES, encodeWindow(REQUEST_OPCODES.WINDOW, request.bytes));
  }
}

function write(
  out: WriteBuffer,
  request: CafeRequest,
  key: Uint8Array,
  value: Uint8Array,
  ttl?: number,
  version?: number,
  more = 0,
): void {
  const { id, quiet, checksum, durable } = request;
  const opcode = opcodeOf(request.op);
  if (ttl !== undefined) checkField(opcode, "ttl", ttl, 1, MAX_TTL);
  const flags = (quiet ? FLAGS.QUIET : 0) | (checksum ? FLAGS.CHECKSUM : 0) |
    (durable ? FLAGS.DURABLE : 0) | more;
  const at = writeHead(out, opcode, flags, key.length, value.length, id, ttl, version);
  out.bytes(key);
  out.bytes(value);
  if (checksum) out.u32(out.crc32(at));
}

function encodePassword({ password, offer }: HelloRequest): Uint8Array {
  if (offer === undefined && password[0] !== OFFER_FIRST) return password;
  checkField(REQUEST_OPCODES.HELLO, "length of the password", password.length, 0, 0xffff);
  const bytes = new Uint8Array(3 + password.length + (offer?.length ?? 0));
  new DataView(bytes.buffer).setUint16(1, password.length);
  bytes.set(password, 3);
  if (offer !== undefined) bytes.set(offer, 3 + password.length);
  return bytes;
}

function encodeDelta(given: number | bigint): Uint8Array {
  const delta = BigInt(given);
  if (delta === 1n) return NO_BYTES;
  checkI64(REQUEST_OPCODES.INCR, "delta", delta);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, delta);
  return bytes;
}

function encodeCursor(cursor: number): Uint8Array {
  if (cursor === 0) return NO_BYTES;
  checkField(REQUEST_OPCODES.SCAN, "cursor", cursor, 0, Number.MAX_SAFE_INTEGER);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(cursor));
  return bytes;
}

function opcodeOf(op: CafeRequest["op"]): number {
  if (op === "SET_PARTS") return REQUEST_OPCODES.SET;
  if (op === "GET_PARTS") return REQUEST_OPCODES.GET;
  return REQUEST_OPCODES[op];
}

function encodeSize(size: number): Uint8Array {
  checkField(REQUEST_OPCODES.SET, "size", size, 0, Number.MAX_SAFE_INTEGER);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(size));
  return bytes;
}

function encodeWindow(opcode: number, window: number): Uint8Array {
  checkField(opcode, "window", window, 0, 0xffff_ffff);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, window);
  return bytes;
}
