/**
 * Responses to CAFE response frames, and those to replies (docs/cafe.md, section 6).
 *
 * The meaning of the value of an OK depends on the request that it answers, which only the client knows:
 * a server encodes typed responses, and a client decodes a {@linkcode Reply} and reads its value according
 * to the request.
 *
 * @module
 */

import {
  type Input,
  NO_BYTES,
  readI64,
  readU16,
  readU32,
  readU64,
  type WriteBuffer,
} from "../bytes/mod.ts";
import type { Encoder } from "../codec/mod.ts";
import { DecodeError } from "../codec/mod.ts";
import type { ErrorCode, Response } from "../model/mod.ts";
import { checkField, checkI64 } from "./check.ts";
import { FLAGS } from "./flags.ts";
import { type FrameBuilder, FrameDecoder } from "./frame_decoder.ts";
import { type Head, MAX_KEY_LENGTH, writeHead } from "./head.ts";
import type { FrameLimits } from "./limits.ts";
import { byOpcode, type ReplyType, RESPONSE_OPCODES } from "./opcodes.ts";
import type { Sealer } from "./protection.ts";

/** Keeps a leading U+FEFF: what was sent is what is read. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A response frame, as a client reads it. */
export interface Reply {
  /** Which response this is; `INVALID` for a frame that cannot be understood. */
  readonly type: ReplyType | "INVALID";
  /** The id of the request that is answered. */
  readonly id: number | undefined;
  /** Whether the frame carried a checksum (a wrong one is an error of the stream). */
  readonly checksum: boolean;
  /** What is left of the entry's time to live, in milliseconds. */
  readonly ttl: number | undefined;
  /** The entry's version. */
  readonly version: number | undefined;
  /** The channel of a PUSH, the code of an ERR; a view that stays unchanged. */
  readonly key: Uint8Array;
  /** The value, a view that stays unchanged. */
  readonly value: Uint8Array;
}

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
export class CafeResponseEncoder implements Encoder<Response> {
  #sealer: Sealer | undefined = undefined;
  /** The last response in plain, and how those behind it are protected. */
  #next: { readonly response: Response; readonly sealer: Sealer } | undefined = undefined;

  /** Lets all frames behind that of a response be protected as two sides have agreed. */
  protectAfter(response: Response, sealer: Sealer): void {
    this.#next = { response, sealer };
  }

  /**
   * Appends the frame of one response.
   *
   * @throws {RangeError} When a channel, a key or a value is longer than its length field can say, or a
   *   number is out of range. Nothing is appended then.
   */
  encode(response: Response, out: WriteBuffer): void {
    if (this.#sealer === undefined) encodePlain(response, out);
    else this.#sealer.seal((plain) => encodePlain(response, plain), out);
    if (this.#next?.response !== response) return;
    this.#sealer = this.#next.sealer;
    this.#next = undefined;
  }
}

function encodePlain(response: Response, out: WriteBuffer): void {
  const at = write(response, out);
  if (response.checksum) out.u32(out.crc32(at));
}

/** Writes all of a frame but its trailer; returns where it begins. */
function write(response: Response, out: WriteBuffer): number {
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

/**
 * Decodes CAFE responses: what a client reads.
 *
 * @example
 * ```ts
 * import { CafeReplyDecoder, type Reply } from "@cortado/cortado/cafe";
 * import { BatchDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const replies: Reply[] = [];
 * const bytes = Uint8Array.fromHex("cafe01820010000000000000" + "00000007"); // MISS, id 7
 * new BatchDecoder(new CafeReplyDecoder()).push(bytes, replies);
 * assertEquals([replies[0]!.type, replies[0]!.id], ["MISS", 7]);
 * ```
 */
export class CafeReplyDecoder extends FrameDecoder<Reply> {
  #holdsNext = false;

  /**
   * Makes a decoder for one stream.
   *
   * @throws {RangeError} When a limit is out of range.
   */
  constructor(limits: FrameLimits = {}) {
    super(REPLY_BUILDER, limits);
  }

  /** Lets the frames behind the next reply wait for `release`: that reply says how they are protected. */
  holdAfterNext(): void {
    this.#holdsNext = true;
  }

  /**
   * Takes the next reply; `undefined` when it has not come whole, or is held.
   *
   * @throws {ProtocolError} What {@linkcode FrameDecoder.decode} throws.
   */
  override decode(input: Input): Reply | undefined {
    const reply = super.decode(input);
    if (this.#holdsNext && reply !== undefined) {
      this.#holdsNext = false;
      this.hold();
    }
    return reply;
  }
}

const TYPES = byOpcode(RESPONSE_OPCODES);

const REPLY_BUILDER: FrameBuilder<Reply> = {
  // QUIET and DURABLE have no meaning here and change no length: they are ignored.
  unsupported: FLAGS.COMPRESSED | FLAGS.ENCRYPTED | FLAGS.SIGNED | FLAGS.MORE,
  message(head, key, value) {
    const type = TYPES[head.opcode];
    if (type === undefined) {
      return invalid(
        head,
        "UNKNOWN_OPCODE",
        `Cannot read opcode ${head.opcode}: no response has it`,
      );
    }
    const { id, ttl, entryVersion: version } = head;
    if (!isExact(ttl) || !isExact(version)) {
      return invalid(head, "PROTOCOL", `Cannot read ${type}: its TTL or VERSION is not below 2^53`);
    }
    return { type, id, checksum: (head.flags & FLAGS.CHECKSUM) !== 0, ttl, version, key, value };
  },
  refused: invalid,
};

function isExact(value: number | undefined): boolean {
  return value === undefined || Number.isSafeInteger(value);
}

function invalid(head: Head, code: ErrorCode, message: string): Reply {
  const utf8 = new TextEncoder();
  return {
    type: "INVALID",
    id: head.id,
    checksum: false,
    ttl: undefined,
    version: undefined,
    key: utf8.encode(code),
    value: utf8.encode(message),
  };
}

/**
 * The integer that the OK to an INCR carries.
 *
 * @throws {DecodeError} When the value is not 8 bytes long.
 */
export function replyInteger(reply: Reply): bigint {
  checkReply(reply, 8);
  return readI64(reply.value, 0);
}

/**
 * The count that the OK to an APPEND or a PUBLISH carries.
 *
 * @throws {DecodeError} When the value is not 4 bytes long.
 */
export function replyCount(reply: Reply): number {
  checkReply(reply, 4);
  return readU32(reply.value, 0);
}

/** The text that an ERR, or the OK to a STATS or a HELLO, carries. */
export function replyText(reply: Reply): string {
  return UTF8.decode(reply.value);
}

/** The code that an ERR carries. */
export function replyCode(reply: Reply): string {
  return UTF8.decode(reply.key);
}

/**
 * The page of keys that the OK to a SCAN carries; the keys are views that stay unchanged.
 *
 * @throws {DecodeError} When the value is not laid out as a page, or its cursor is not below 2^53.
 */
export function replyKeys(reply: Reply): { readonly cursor: number; readonly keys: Uint8Array[] } {
  const { value } = reply;
  const keys: Uint8Array[] = [];
  const wrong = () =>
    new DecodeError("CORRUPT", 0, `Cannot read a page of keys of ${value.length} bytes`);
  if (value.length < 8) throw wrong();
  for (let at = 8; at < value.length;) {
    if (at + 2 > value.length) throw wrong();
    const end = at + 2 + readU16(value, at);
    if (end > value.length) throw wrong();
    keys.push(value.subarray(at + 2, end));
    at = end;
  }
  const cursor = readU64(value, 0);
  if (!Number.isSafeInteger(cursor)) throw wrong();
  return { cursor, keys };
}

function checkReply({ value }: Reply, size: number): void {
  if (value.length === size) return;
  throw new DecodeError(
    "CORRUPT",
    0,
    `Cannot read a reply: its value has ${value.length} bytes, not ${size}`,
  );
}
