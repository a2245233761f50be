/**
 * Framing by a size that all messages share.
 *
 * @module
 */

import type { Input, WriteBuffer } from "../bytes/mod.ts";
import type { Decoder } from "./decoder.ts";
import type { Encoder } from "./encoder.ts";

/**
 * Takes messages of `size` bytes each. The size is the limit.
 *
 * Messages are views that stay unchanged; each keeps the block that it was read into alive.
 *
 * @example
 * ```ts
 * import { BatchDecoder, FixedSizeDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const messages: Uint8Array[] = [];
 * new BatchDecoder(new FixedSizeDecoder(2)).push(Uint8Array.of(1, 2, 3, 4, 5), messages);
 * assertEquals(messages, [Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
 * ```
 */
export class FixedSizeDecoder implements Decoder<Uint8Array> {
  /** How long each message is, in bytes. */
  readonly size: number;

  /**
   * Makes a decoder of messages of `size` bytes.
   *
   * @throws {RangeError} Unless `size` is a whole number from 1.
   */
  constructor(size: number) {
    this.size = checkSize(size);
  }

  /** Takes the next message; `undefined` when it has not come whole. */
  decode(input: Input): Uint8Array | undefined {
    if (input.length >= this.size) return input.take(this.size);
    input.need(this.size);
    return undefined;
  }
}

/**
 * Writes messages of `size` bytes each.
 *
 * @example
 * ```ts
 * import { encodeAll, FixedSizeEncoder } from "@cortado/cortado/codec";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => encodeAll(new FixedSizeEncoder(2), [new Uint8Array(3)]), RangeError);
 * ```
 */
export class FixedSizeEncoder implements Encoder<Uint8Array> {
  /** How long each message is, in bytes. */
  readonly size: number;

  /**
   * Makes an encoder of messages of `size` bytes.
   *
   * @throws {RangeError} Unless `size` is a whole number from 1.
   */
  constructor(size: number) {
    this.size = checkSize(size);
  }

  /**
   * Appends the message.
   *
   * @throws {RangeError} When it is not `size` bytes long.
   */
  encode(message: Uint8Array, out: WriteBuffer): void {
    if (message.length !== this.size) {
      throw new RangeError(
        `Cannot encode a message of ${message.length} bytes: the frame size is ${this.size}`,
      );
    }
    out.bytes(message);
  }
}

function checkSize(size: number): number {
  if (Number.isSafeInteger(size) && size >= 1) return size;
  throw new RangeError(`Cannot frame by size ${size}: it must be a whole number from 1`);
}
