/**
 * The contract of encoders.
 *
 * @module
 */

import { WriteBuffer } from "../bytes/mod.ts";
import { concat } from "@std/bytes";

/**
 * Turns messages into bytes, synchronously and without I/O.
 *
 * @typeParam T The message.
 */
export interface Encoder<T> {
  /**
   * Appends the bytes of one message to `out`, which the encoder does not own.
   *
   * @throws {RangeError} When the message cannot be represented. Nothing is appended then: an encoder
   *   checks before it writes, and never truncates.
   */
  encode(message: T, out: WriteBuffer): void;
}

/**
 * The bytes of some messages, in a new array of their own.
 *
 * @throws {RangeError} When a message cannot be represented.
 *
 * @example
 * ```ts
 * import { encodeAll, LengthDelimitedEncoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeAll(new LengthDelimitedEncoder({ prefix: 2 }), [Uint8Array.of(7)]);
 * assertEquals(bytes, Uint8Array.of(0, 1, 7));
 * ```
 */
export function encodeAll<T>(encoder: Encoder<T>, messages: Iterable<T>): Uint8Array<ArrayBuffer> {
  const out = new WriteBuffer();
  for (const message of messages) encoder.encode(message, out);
  return concat(out.drain());
}
