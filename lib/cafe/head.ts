/**
 * The header and the extensions of a CAFE frame (docs/cafe.md, sections 2 and 3).
 *
 *     0        2         3        4        6          8            12
 *     | magic  | version | opcode | flags  | key_len  | value_len  | extensions ...
 *     | 0xCAFE |   1     |  u8    |  u16   |  u16     |  u32       | ID u32, TTL u64, VERSION u64
 *
 * @module
 */

import { readU16, readU32, readU64, type WriteBuffer } from "../bytes/mod.ts";
import { checkField } from "./check.ts";
import { FLAGS } from "./flags.ts";

/** The first two bytes of every frame. */
export const MAGIC = 0xcafe;
/** The version of the protocol that is spoken here. */
export const PROTOCOL_VERSION = 1;
/** How long a header is, in bytes, without extensions. */
export const HEADER_SIZE = 12;
/** The longest key that a header can announce, in bytes. */
export const MAX_KEY_LENGTH = 0xffff;
/** The longest value that a header can announce, in bytes. */
export const MAX_VALUE_LENGTH = 0xffff_ffff;

const MAX_ID = 0xffff_ffff;

const CHECKSUM_SIZE = 4;
/** How long the signature of a frame is, in bytes. */
export const SIGNATURE_SIZE = 32;

/** How many bytes of extensions follow a header with these flags. */
export function extensionSize(flags: number): number {
  return ((flags & FLAGS.ID) >> 2) + // 0x10 to 4
    ((flags & FLAGS.TTL) >> 2) + // 0x20 to 8
    ((flags & FLAGS.VERSION) >> 3); // 0x40 to 8
}

/** How many bytes of trailers end a frame with these flags. */
export function trailerSize(flags: number): number {
  return (flags & FLAGS.CHECKSUM ? CHECKSUM_SIZE : 0) + (flags & FLAGS.SIGNED ? SIGNATURE_SIZE : 0);
}

/** The fields of a header and its extensions. One object serves all frames of a decoder, for speed. */
export class Head {
  /** The version of the protocol. */
  version = 0;
  /** What the frame asks or answers. */
  opcode = 0;
  /** The flags. */
  flags = 0;
  /** How long the key is, in bytes. */
  keyLength = 0;
  /** How long the value is, in bytes. */
  valueLength = 0;
  /** The request id, when the frame has one. */
  id: number | undefined = undefined;
  /** The time to live in milliseconds, when the frame has one; may be above 2^53 and then is not exact. */
  ttl: number | undefined = undefined;
  /** The entry version, when the frame has one; may be above 2^53 and then is not exact. */
  entryVersion: number | undefined = undefined;

  /** How many bytes the whole frame takes. */
  get frameSize(): number {
    return HEADER_SIZE + extensionSize(this.flags) + this.keyLength + this.valueLength +
      trailerSize(this.flags);
  }

  /** Reads the twelve bytes of the header at `at`. The magic is the caller's to check. */
  readHeader(bytes: Uint8Array, at: number): void {
    this.version = bytes[at + 2]!;
    this.opcode = bytes[at + 3]!;
    this.flags = readU16(bytes, at + 4);
    this.keyLength = readU16(bytes, at + 6);
    this.valueLength = readU32(bytes, at + 8);
  }

  /** Reads the extensions that the flags announce, from `at` on; returns where they end. */
  readExtensions(bytes: Uint8Array, at: number): number {
    this.id = this.ttl = this.entryVersion = undefined;
    let next = at;
    if (this.flags & FLAGS.ID) {
      this.id = readU32(bytes, next);
      next += 4;
    }
    if (this.flags & FLAGS.TTL) {
      this.ttl = readU64(bytes, next);
      next += 8;
    }
    if (this.flags & FLAGS.VERSION) {
      this.entryVersion = readU64(bytes, next);
      next += 8;
    }
    return next;
  }
}

/**
 * Appends a header and its extensions; returns where the frame begins in `out`. The flags of the extensions
 * are set for those that are given; key, value and trailers are the caller's to append.
 *
 * @throws {RangeError} When a length or a number does not fit its field. Nothing is appended then.
 *
 * @example
 * ```ts
 * import { WriteBuffer } from "@cortado/cortado/bytes";
 * import { FLAGS, REQUEST_OPCODES, writeHead } from "@cortado/cortado/cafe";
 * import { assertEquals } from "@std/assert";
 *
 * const out = new WriteBuffer();
 * writeHead(out, REQUEST_OPCODES.SET, FLAGS.QUIET, 3, 2, undefined, 60_000, undefined);
 * assertEquals(out.drain()[0]!.toHex(), "cafe01020120000300000002" + "000000000000ea60");
 * ```
 */
export function writeHead(
  out: WriteBuffer,
  opcode: number,
  flags: number,
  keyLength: number,
  valueLength: number,
  id: number | undefined,
  ttl: number | undefined,
  entryVersion: number | undefined,
): number {
  checkField(opcode, "key_len", keyLength, 0, MAX_KEY_LENGTH);
  checkField(opcode, "value_len", valueLength, 0, MAX_VALUE_LENGTH);
  if (id !== undefined) checkField(opcode, "id", id, 0, MAX_ID);
  if (ttl !== undefined) checkField(opcode, "ttl", ttl, 0, Number.MAX_SAFE_INTEGER);
  if (entryVersion !== undefined) {
    checkField(opcode, "version", entryVersion, 0, Number.MAX_SAFE_INTEGER);
  }
  const all = flags | (id === undefined ? 0 : FLAGS.ID) | (ttl === undefined ? 0 : FLAGS.TTL) |
    (entryVersion === undefined ? 0 : FLAGS.VERSION);
  const at = out.reserve(HEADER_SIZE);
  out.patchU16(at, MAGIC);
  out.patchU16(at + 2, (PROTOCOL_VERSION << 8) | opcode);
  out.patchU16(at + 4, all);
  out.patchU16(at + 6, keyLength);
  out.patchU32(at + 8, valueLength);
  if (id !== undefined) out.u32(id);
  if (ttl !== undefined) out.u64(ttl);
  if (entryVersion !== undefined) out.u64(entryVersion);
  return at;
}
