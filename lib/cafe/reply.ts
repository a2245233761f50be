/**
 * CAFE response frames to replies (docs/cafe.md, section 6).
 *
 * The meaning of the value of an OK depends on the request that it answers, which only the client knows:
 * a server encodes typed responses, and a client decodes a {@linkcode Reply} and reads its value according
 * to the request.
 *
 * @module
 */

import { type Input, readI64, readU16, readU32, readU64 } from "../bytes/mod.ts";
import { DecodeError } from "../codec/mod.ts";
import type { ErrorCode } from "../model/mod.ts";
import type { Window } from "./credit.ts";
import { FLAGS } from "./flags.ts";
import { type FrameBuilder, FrameDecoder } from "./frame_decoder.ts";
import type { Head } from "./head.ts";
import type { FrameLimits } from "./limits.ts";
import { byOpcode, type ReplyType, RESPONSE_OPCODES } from "./opcodes.ts";

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
  /** Whether the value follows, or goes on, in frames of the same id. */
  readonly more: boolean;
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
  unsupported: FLAGS.COMPRESSED | FLAGS.ENCRYPTED | FLAGS.SIGNED,
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
    const checksum = (head.flags & FLAGS.CHECKSUM) !== 0;
    const more = (head.flags & FLAGS.MORE) !== 0;
    if (more && ((type !== "OK" && type !== "PART") || id === undefined)) {
      return invalid(head, "PROTOCOL", `Cannot read ${type}: it has MORE, which it does not take`);
    }
    return { type, id, checksum, more, ttl, version, key, value };
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
    more: false,
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

/**
 * How many bytes the parts have that follow an OK with MORE.
 *
 * @throws {DecodeError} When the value is not 8 bytes long, or the size is not below 2^53.
 */
export function replySize(reply: Reply): number {
  checkReply(reply, 8);
  const size = readU64(reply.value, 0);
  if (Number.isSafeInteger(size)) return size;
  throw new DecodeError("CORRUPT", 0, "Cannot read a reply: its size is not below 2^53");
}

/**
 * What a WINDOW gives back.
 *
 * @throws {DecodeError} When the value is not 12 bytes long.
 */
export function replyWindow(reply: Reply): Window {
  checkReply(reply, 12);
  return { requests: readU32(reply.value, 0), bytes: readU64(reply.value, 4) };
}

function checkReply({ value }: Reply, size: number): void {
  if (value.length === size) return;
  throw new DecodeError(
    "CORRUPT",
    0,
    `Cannot read a reply: its value has ${value.length} bytes, not ${size}`,
  );
}
