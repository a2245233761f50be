/**
 * Responses to CAFE response frames (docs/cafe.md, section 6).
 *
 * @module
 */

import { NO_BYTES, type WriteBuffer } from "../bytes/mod.ts";
import type { Encoder } from "../codec/mod.ts";
import type { Response, ResponseHead } from "../model/mod.ts";
import { checkField, checkI64 } from "./check.ts";
import type { Window } from "./credit.ts";
import { FLAGS } from "./flags.ts";
import { MAX_KEY_LENGTH, writeHead } from "./head.ts";
import { RESPONSE_OPCODES } from "./opcodes.ts";
import type { Sealer } from "./protection.ts";

/** Done: a value follows in parts. An OK with MORE. */
export interface PartsResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "PARTS";
  /** How many bytes the parts have together. */
  readonly size: number;
  /** What is left of the entry's time to live, in milliseconds. */
  readonly ttl: number | undefined;
  /** The entry's version, when it was asked for. */
  readonly version: number | undefined;
}

/** The next part of the value that the reply with the same id has begun. */
export interface PartResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "PART";
  /** The part; it must stay unchanged until it is sent. */
  readonly value: Uint8Array;
  /** Whether the value ends with it. */
  readonly last: boolean;
}

/** Gives back what a client has used of its window. */
export interface WindowResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "WINDOW";
  /** How much it may send again. */
  readonly window: Window;
}

/** A response of CAFE. */
export type CafeResponse = Response | PartsResponse | PartResponse | WindowResponse;

/**
 * Encodes responses: what a server writes.
 *
 * @example
 * ```ts
 * import { CafeResponseEncoder } from "@cortado/cortado/cafe";
 * import { encodeAll } from "@cortado/cortado/codec";
 * import { integer } from "@cortado/cortado/model";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeAll(new CafeResponseEncoder(), [integer(5n)]);
 * assertEquals(bytes.toHex(), "cafe01800000000000000008" + "0000000000000005");
 * ```
 */
export class CafeResponseEncoder implements Encoder<CafeResponse> {
  #sealer: Sealer | undefined = undefined;
  /** The last response in plain, and how those behind it are protected. */
  #next: { readonly response: CafeResponse; readonly sealer: Sealer } | undefined = undefined;

  /** Lets all frames behind that of a response be protected as two sides have agreed. */
  protectAfter(response: CafeResponse, sealer: Sealer): void {
    this.#next = { response, sealer };
  }

  /**
   * Appends the frame of one response.
   *
   * @throws {RangeError} When a channel, a key or a value is longer than its length field can say, or a
   *   number is out of range. Nothing is appended then.
   */
  encode(response: CafeResponse, out: WriteBuffer): void {
    if (this.#sealer === undefined) encodePlain(response, out);
    else this.#sealer.seal((plain) => encodePlain(response, plain), out);
    if (this.#next?.response !== response) return;
    this.#sealer = this.#next.sealer;
    this.#next = undefined;
  }
}

function encodePlain(response: CafeResponse, out: WriteBuffer): void {
  const at = write(response, out);
  if (response.checksum) out.u32(out.crc32(at));
}

/** Writes all of a frame but its trailer; returns where it begins. */
function write(response: CafeResponse, out: WriteBuffer): number {
  const { id } = response;
  const flags = response.checksum ? FLAGS.CHECKSUM : 0;
  switch (response.type) {
    case "OK": {
      const { value = NO_BYTES, ttl, version } = response;
      return writeBody(out, RESPONSE_OPCODES.OK, flags, NO_BYTES, value, id, ttl, version);
    }
    case "INTEGER": {
      const value = BigInt(response.value);
      checkI64(RESPONSE_OPCODES.OK, "integer", value);
      const at = writeHead(out, RESPONSE_OPCODES.OK, flags, 0, 8, id, undefined, undefined);
      out.i64(value);
      return at;
    }
    case "COUNT": {
      checkField(RESPONSE_OPCODES.OK, "count", response.value, 0, 0xffff_ffff);
      const at = writeHead(out, RESPONSE_OPCODES.OK, flags, 0, 4, id, undefined, undefined);
      out.u32(response.value);
      return at;
    }
    case "TEXT":
      return writeText(out, RESPONSE_OPCODES.OK, flags, id, "", response.text);
    case "KEYS":
      return writeKeys(out, flags, id, response.cursor, response.keys);
    case "MISS":
      return writeHead(out, RESPONSE_OPCODES.MISS, flags, 0, 0, id, undefined, undefined);
    case "ERR":
      return writeText(out, RESPONSE_OPCODES.ERR, flags, id, response.code, response.message);
    case "PUSH": {
      const { channel, message } = response;
      return writeBody(out, RESPONSE_OPCODES.PUSH, flags, channel, message, id);
    }
    case "GOAWAY":
      return writeHead(out, RESPONSE_OPCODES.GOAWAY, flags, 0, 0, id, undefined, undefined);
    case "PARTS": {
      const { size, ttl, version } = response;
      const more = flags | FLAGS.MORE;
      const at = writeHead(out, RESPONSE_OPCODES.OK, more, 0, 8, id, ttl, version);
      out.u64(size);
      return at;
    }
    case "PART": {
      const more = response.last ? flags : flags | FLAGS.MORE;
      return writeBody(out, RESPONSE_OPCODES.PART, more, NO_BYTES, response.value, id);
    }
    case "WINDOW": {
      const { requests, bytes } = response.window;
      const { WINDOW } = RESPONSE_OPCODES;
      checkField(WINDOW, "requests", requests, 0, 0xffff_ffff);
      checkField(WINDOW, "bytes", bytes, 0, Number.MAX_SAFE_INTEGER);
      const at = writeHead(out, WINDOW, flags, 0, 12, id, undefined, undefined);
      out.u32(requests);
      out.u64(bytes);
      return at;
    }
    case "LIST":
      throw new RangeError("Cannot encode a list: no frame of CAFE holds one");
  }
}

function writeBody(
  out: WriteBuffer,
  opcode: number,
  flags: number,
  key: Uint8Array,
  value: Uint8Array,
  id: number | undefined,
  ttl?: number,
  version?: number,
): number {
  const at = writeHead(out, opcode, flags, key.length, value.length, id, ttl, version);
  out.bytes(key);
  out.bytes(value);
  return at;
}

/** The length of the value is known only when the text is encoded: it is patched then. */
function writeText(
  out: WriteBuffer,
  opcode: number,
  flags: number,
  id: number | undefined,
  asciiKey: string,
  text: string,
): number {
  const at = writeHead(out, opcode, flags, asciiKey.length, 0, id, undefined, undefined);
  out.text(asciiKey);
  out.patchU32(at + 8, out.text(text));
  return at;
}

/** cursor u64, then for each key: length u16, bytes. */
function writeKeys(
  out: WriteBuffer,
  flags: number,
  id: number | undefined,
  cursor: number,
  keys: readonly Uint8Array[],
): number {
  const { OK } = RESPONSE_OPCODES;
  checkField(OK, "cursor", cursor, 0, Number.MAX_SAFE_INTEGER);
  let size = 8;
  for (const key of keys) {
    checkField(OK, "length of a key", key.length, 0, MAX_KEY_LENGTH);
    size += 2 + key.length;
  }
  const at = writeHead(out, OK, flags, 0, size, id, undefined, undefined);
  out.u64(cursor);
  for (const key of keys) {
    out.u16(key.length);
    out.bytes(key);
  }
  return at;
}
