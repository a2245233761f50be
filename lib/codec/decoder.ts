/**
 * The contract of decoders, and the loop that drives one.
 *
 * @module
 */

import { type Input, ReadBuffer, type Slab } from "../bytes/mod.ts";
import { DecodeError } from "./error.ts";

/**
 * Turns bytes into messages, synchronously and without I/O.
 *
 * A decoder keeps only the state that saves it from looking at a byte twice. It keeps no bytes: those that
 * are not yet part of a message wait in the {@linkcode Input}.
 *
 * @typeParam T The message. `undefined` is not one.
 *
 * @example A decoder for messages of one length byte and that many bytes
 * ```ts
 * import { BatchDecoder, type Decoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const pascal: Decoder<Uint8Array> = {
 *   decode(input) {
 *     if (input.length === 0) return undefined;
 *     const size = input.bytes[input.start]!;
 *     if (input.length < 1 + size) return undefined;
 *     input.skip(1);
 *     return input.take(size);
 *   },
 * };
 * const messages: Uint8Array[] = [];
 * new BatchDecoder(pascal).push(Uint8Array.of(1, 7, 2, 8), messages);
 * assertEquals(messages, [Uint8Array.of(7)]);
 * ```
 */
export interface Decoder<T> {
  /**
   * Takes the next message off the front of `input`.
   *
   * @returns The message, or `undefined` when it needs more bytes: the decoder is then called again when
   *   more have come. When the length of the message is known, call `input.need(length)` first.
   * @throws {DecodeError} When the bytes cannot be the start of a message. The stream is then corrupt
   *   for good.
   */
  decode(input: Input): T | undefined;

  /**
   * Takes the next message when no more bytes will come. It is called until it returns `undefined`; bytes
   * that still wait then are a message that was cut. Without this method, any waiting bytes are.
   *
   * It is called only when bytes wait, or when `decode` has taken bytes since its last message: a decoder
   * that takes a message piece by piece reports here that the message was cut.
   *
   * @throws {DecodeError} To say more about a cut message than the general error does.
   */
  end?(input: Input): T | undefined;

  /**
   * Of how many messages, counted from the first one of the stream, somebody may look at the bytes still: the
   * memory that only later ones lie in is read into again. It is not less while the decoder itself keeps a
   * view for a message that has not come whole. Without it, views stay valid for ever.
   */
  readonly kept?: number;
}

/**
 * Drives a {@linkcode Decoder} with chunks of a stream, as they come.
 *
 * Errors are sticky: after one, every call throws it again.
 *
 * @example
 * ```ts
 * import { BatchDecoder, FixedSizeDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new BatchDecoder(new FixedSizeDecoder(2));
 * const messages: Uint8Array[] = [];
 * decoder.push(Uint8Array.of(1, 2, 3), messages);
 * assertEquals(messages, [Uint8Array.of(1, 2)]);
 * decoder.push(Uint8Array.of(4), messages);
 * decoder.end(messages);
 * assertEquals(messages.length, 2);
 * ```
 */
export class BatchDecoder<T> {
  readonly #decoder: Decoder<T>;
  readonly #input = new ReadBuffer();
  /** Whether the decoder has taken bytes since its last message. */
  #inside = false;
  #count = 0;
  #error: unknown = undefined;

  /** Makes the loop for one stream. A decoder with state belongs to one stream. */
  constructor(decoder: Decoder<T>) {
    this.#decoder = decoder;
  }

  /** How many bytes of the stream were decoded. */
  get offset(): number {
    return this.#input.offset;
  }

  /** How many messages there were. */
  get count(): number {
    return this.#count;
  }

  /** Of how many of them somebody may look at the bytes still; see {@linkcode Decoder.kept}. */
  get kept(): number {
    return this.#decoder.kept ?? Infinity;
  }

  /** How many bytes wait for the rest of their message. */
  get waiting(): number {
    return this.#input.length;
  }

  /**
   * Decodes the next bytes and appends the messages that they complete to `messages`. When it throws,
   * `messages` has the messages that came before the corruption.
   *
   * @param chunk The bytes. They are kept instead of copied where possible: nobody may write to them
   *   after this call.
   * @throws {DecodeError} When the stream is corrupt.
   */
  push(chunk: Uint8Array, messages: T[]): void {
    if (this.#error !== undefined) throw this.#error;
    const input = this.#input;
    input.append(chunk);
    if (input.missing > 0) return;
    this.#drive(false, messages);
  }

  /**
   * Says that the stream has ended, and appends the messages that its end completes.
   *
   * @throws {DecodeError} With code `CUT` when it ended inside a message.
   */
  end(messages: T[]): void {
    if (this.#error !== undefined) throw this.#error;
    this.#drive(true, messages);
    const input = this.#input;
    if (input.length === 0) return;
    this.#error = new DecodeError(
      "CUT",
      input.offset,
      `Stream ended inside a message: ${input.length} bytes of it, from offset ${input.offset}, had come`,
    );
    throw this.#error;
  }

  /** Lets a slab use its block again, for which nobody may look at bytes in it; see {@linkcode ReadBuffer.rewind}. */
  rewind(slab: Slab): void {
    this.#input.rewind(slab);
  }

  #drive(ended: boolean, messages: T[]): void {
    const input = this.#input;
    const decoder = this.#decoder;
    try {
      while (input.length > 0 || (ended && this.#inside)) {
        const before = input.start;
        const message = ended ? decoder.end?.(input) : decoder.decode(input);
        if (input.start !== before) this.#inside = true;
        if (message === undefined) return;
        if (!this.#inside) {
          throw new TypeError(
            "Decoder returned a message without taking bytes: it would never end",
          );
        }
        this.#inside = false;
        this.#count++;
        messages.push(message);
      }
    } catch (error) {
      this.#error = error;
      throw error;
    }
  }
}
