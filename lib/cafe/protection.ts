/**
 * COMPRESSED, ENCRYPTED and SIGNED: from a plain frame to a protected one, and back (docs/cafe.md,
 * section 9).
 *
 *     plain      header, extensions, key, value
 *     protected  header, extensions, key, deflated value
 *                                         nonce 12, ciphertext, tag 16
 *                CHECKSUM 4, SIGNATURE 32
 *
 * @module
 */

import { crc32, WriteBuffer } from "../bytes/mod.ts";
import { type ErrorCode, ProtocolError } from "../model/mod.ts";
import { FLAGS } from "./flags.ts";
import { extensionSize, Head, HEADER_SIZE, SIGNATURE_SIZE, trailerSize } from "./head.ts";
import { type AgreedFlag, flagBits } from "./offer.ts";
import { isSame, type SideKeys } from "./session_keys.ts";
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { concat } from "@std/bytes";

/** Shorter values are not compressed: their frames would save little and take their time all the same. */
export const COMPRESS_FROM = 512;

/** How many bytes ENCRYPTED adds to a value: the nonce before it and the tag behind it. */
export const ENCRYPTION_OVERHEAD = 28;

const CIPHER = "aes-256-gcm";
const NONCE_SIZE = 12;
const TAG_SIZE = 16;

/** The flags that every frame has once they are agreed on. A value is compressed only where that pays. */
const ON_EVERY_FRAME = FLAGS.ENCRYPTED | FLAGS.SIGNED;

/**
 * Protects the frames that one side sends, in their order.
 *
 * @example A request that is signed and encrypted, and read by the other side
 * ```ts
 * import {
 *   CafeRequestDecoder,
 *   CafeRequestEncoder,
 *   type DecodedRequest,
 *   deriveKeys,
 *   Opener,
 *   Sealer,
 * } from "@cortado/cortado/cafe";
 * import { BatchDecoder, encodeAll } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const secret = new TextEncoder().encode("correct horse battery staple");
 * const flags = ["ENCRYPTED", "SIGNED"] as const;
 * const keys = deriveKeys(secret, new TextEncoder().encode("{}"), new Uint8Array(32), flags);
 *
 * const encoder = new CafeRequestEncoder();
 * encoder.protect(new Sealer(flags, keys.client));
 * const head = { id: 7, quiet: false, checksum: false, durable: false };
 * const frame = encodeAll(encoder, [{ op: "PING", value: Uint8Array.of(1, 2), ...head }]);
 *
 * const decoder = new CafeRequestDecoder();
 * decoder.release(new Opener(flags, keys.client));
 * const requests: DecodedRequest[] = [];
 * new BatchDecoder(decoder).push(frame, requests);
 * assertEquals(requests, [{ op: "PING", value: Uint8Array.of(1, 2), ...head }]);
 * ```
 */
export class Sealer {
  readonly #flags: number;
  readonly #keys: SideKeys | undefined;
  readonly #plain = new WriteBuffer();
  readonly #head = new Head();
  /** How many frames were sealed. */
  #count = 0;

  /**
   * Makes one for one direction of one connection.
   *
   * @param keys The keys of the side that sends; only COMPRESSED needs none.
   */
  constructor(flags: readonly AgreedFlag[], keys: SideKeys | undefined) {
    this.#flags = flagBits(flags);
    this.#keys = keys;
  }

  /** Appends the protected frame that `write` appends in plain. What that throws is thrown on. */
  seal(write: (out: WriteBuffer) => void, out: WriteBuffer): void {
    const plain = this.#plain;
    try {
      write(plain);
      this.#append(concat(plain.drain()), out);
    } finally {
      plain.clear();
    }
  }

  #append(frame: Uint8Array, out: WriteBuffer): void {
    const head = this.#head;
    head.readHeader(frame, 0);
    const keyEnd = HEADER_SIZE + extensionSize(head.flags) + head.keyLength;
    let value = frame.subarray(keyEnd, keyEnd + head.valueLength);
    let flags = head.flags | (this.#flags & ON_EVERY_FRAME);
    const shorter = this.#compressed(value);
    if (shorter !== undefined) {
      value = shorter;
      flags |= FLAGS.COMPRESSED;
    }
    const start = frame.subarray(0, keyEnd);
    const size = value.length + (flags & FLAGS.ENCRYPTED ? ENCRYPTION_OVERHEAD : 0);
    new DataView(start.buffer, start.byteOffset).setUint16(4, flags);
    new DataView(start.buffer, start.byteOffset).setUint32(8, size);
    const parts = [start, ...flags & FLAGS.ENCRYPTED ? this.#encrypt(start, value) : [value]];
    if (flags & FLAGS.CHECKSUM) parts.push(u32(crc32(...parts)));
    if (flags & FLAGS.SIGNED) parts.push(signature(this.#keys!.sign, this.#count, parts));
    for (const part of parts) out.bytes(part);
    this.#count++;
  }

  #compressed(value: Uint8Array): Uint8Array | undefined {
    if (!(this.#flags & FLAGS.COMPRESSED) || value.length < COMPRESS_FROM) return undefined;
    const deflated = deflateRawSync(value, { level: 1 });
    // An eighth at least is to be saved: the other side has to inflate it.
    return deflated.length <= value.length - (value.length >> 3) ? deflated : undefined;
  }

  /** The nonce is the number of the frame: it cannot repeat under a key that one connection has. */
  #encrypt(associated: Uint8Array, value: Uint8Array): Uint8Array[] {
    const nonce = nonceOf(this.#count);
    const cipher = createCipheriv(CIPHER, this.#keys!.encrypt, nonce);
    cipher.setAAD(associated);
    const text = cipher.update(value);
    cipher.final();
    return [nonce, plainBytes(text), plainBytes(cipher.getAuthTag())];
  }
}

/** How long a value may be when it is inflated. */
export interface InflateLimit {
  /** In bytes. */
  readonly size: number;
  /** Ends the sentence that tells of a longer one, with the option that sets the limit. */
  readonly reason: string;
}

/** Checks and reads the protected frames that one side sends, in their order. */
export class Opener {
  /** The flags that were agreed on. */
  readonly flags: number;
  readonly #keys: SideKeys | undefined;
  /** How many frames were opened. */
  #count = 0;

  /**
   * Makes one for one direction of one connection.
   *
   * @param keys The keys of the side that sends; only COMPRESSED needs none.
   */
  constructor(flags: readonly AgreedFlag[], keys: SideKeys | undefined) {
    this.flags = flagBits(flags);
    this.#keys = keys;
  }

  /** How many bytes longer than its limit a value may be on the wire. */
  get overhead(): number {
    return this.flags & FLAGS.ENCRYPTED ? ENCRYPTION_OVERHEAD : 0;
  }

  /**
   * Checks that a frame has the flags that every one must have, and its signature. To be called once for
   * each frame, whatever becomes of it.
   *
   * @throws {ProtocolError} `SIGNATURE` when it was not sent by who has the key, or not as the next one;
   *   `ENCRYPTION` when it is not encrypted.
   */
  verify(head: Head, frame: Uint8Array, offset: number): void {
    const missing = this.flags & ON_EVERY_FRAME & ~head.flags;
    if (missing & FLAGS.SIGNED) {
      throw refusal("SIGNATURE", offset, "it is not signed, which was agreed on");
    }
    if (missing & FLAGS.ENCRYPTED) {
      throw refusal("ENCRYPTION", offset, "it is not encrypted, which was agreed on");
    }
    const number = this.#count++;
    if (!(this.flags & FLAGS.SIGNED)) return;
    const at = frame.length - SIGNATURE_SIZE;
    const expected = signature(this.#keys!.sign, number, [frame.subarray(0, at)]);
    if (isSame(frame.subarray(at), expected)) return;
    const message = `its signature is not that of frame ${number} of this connection: it was ` +
      "changed, repeated, moved, or signed with another key";
    throw refusal("SIGNATURE", offset, message);
  }

  /**
   * The value of a frame that was verified: decrypted and inflated, as its flags say.
   *
   * @throws {ProtocolError} `ENCRYPTION` when it was changed, `TOO_LARGE` when it inflates to more than the
   *   limit, `PROTOCOL` when it is not deflate.
   */
  open(head: Head, frame: Uint8Array, offset: number, limit: InflateLimit): Uint8Array {
    const end = frame.length - trailerSize(head.flags);
    const from = end - head.valueLength;
    let value = frame.subarray(from, end);
    if (head.flags & FLAGS.ENCRYPTED) {
      value = this.#decrypt(frame.subarray(0, from), value, offset);
    }
    return head.flags & FLAGS.COMPRESSED ? inflated(value, offset, limit, head.id) : value;
  }

  #decrypt(associated: Uint8Array, value: Uint8Array, offset: number): Uint8Array {
    const number = this.#count - 1;
    if (value.length < ENCRYPTION_OVERHEAD) {
      const message = `its value of ${value.length} bytes is too short for a nonce and a tag`;
      throw refusal("ENCRYPTION", offset, message);
    }
    const nonce = value.subarray(0, NONCE_SIZE);
    if (!isSame(nonce, nonceOf(number))) {
      throw refusal("ENCRYPTION", offset, `its nonce is not that of frame ${number}`);
    }
    const decipher = createDecipheriv(CIPHER, this.#keys!.encrypt, nonce);
    decipher.setAAD(associated);
    decipher.setAuthTag(value.subarray(value.length - TAG_SIZE));
    const text = decipher.update(value.subarray(NONCE_SIZE, value.length - TAG_SIZE));
    try {
      decipher.final();
    } catch {
      const message = "its tag is not right: it was changed, or encrypted with another key";
      throw refusal("ENCRYPTION", offset, message);
    }
    return plainBytes(text);
  }
}

/** HMAC-SHA-256 of the number of the frame as u64, and of the frame. */
function signature(key: Uint8Array, number: number, parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac("sha256", key).update(nonceOf(number).subarray(NONCE_SIZE - 8));
  for (const part of parts) mac.update(part);
  return plainBytes(mac.digest());
}

/** Four bytes of 0, then the number as u64. */
function nonceOf(number: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_SIZE);
  new DataView(nonce.buffer).setBigUint64(4, BigInt(number));
  return nonce;
}

/** It is inflated no further than to the limit, whatever it would become. */
function inflated(
  value: Uint8Array,
  offset: number,
  { size, reason }: InflateLimit,
  id: number | undefined,
): Uint8Array {
  try {
    return plainBytes(inflateRawSync(value, { maxOutputLength: Math.max(1, size) }));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      const message =
        `Cannot decode frame: its value inflates to more than the limit ${size} ${reason}`;
      throw new ProtocolError("TOO_LARGE", offset, message, id);
    }
    const message = `Cannot decode frame at offset ${offset}: its value is not raw deflate`;
    throw new ProtocolError("PROTOCOL", offset, message, id);
  }
}

/** The same bytes, not as a `Buffer`: values of one class keep what reads them fast. */
function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

function refusal(code: ErrorCode, offset: number, why: string): ProtocolError {
  return new ProtocolError(code, offset, `Cannot decode frame at offset ${offset}: ${why}`);
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
