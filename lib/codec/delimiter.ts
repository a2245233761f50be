/**
 * Framing by a byte sequence that ends each message.
 *
 * @module
 */

import type { Input, WriteBuffer } from "../bytes/mod.ts";
import type { Decoder } from "./decoder.ts";
import type { Encoder } from "./encoder.ts";
import { DecodeError } from "./error.ts";
import { indexOfNeedle } from "@std/bytes";

/** How delimited frames are laid out. */
export interface DelimiterOptions {
  /** What ends each message, as bytes or as text in UTF-8. At least one byte. */
  readonly delimiter: Uint8Array | string;
  /** The longest message, in bytes, without its delimiter. Default 65,536. */
  readonly maxLength?: number;
  /**
   * Whether bytes at the end of the stream that no delimiter ends are a last message (as in many text
   * files) instead of a cut one. Default false.
   */
  readonly allowUnterminated?: boolean;
}

/** Messages longer than this are refused unless `maxLength` says otherwise. */
const DEFAULT_MAX_LENGTH = 65_536;

/**
 * Takes messages that end in a delimiter. The delimiter is not part of the message.
 *
 * A delimiter is found even when chunks cut it. The cost is linear in the length of the stream, even when
 * bytes come one by one: no byte is searched more often than the delimiter has bytes. Messages are views
 * that stay unchanged.
 *
 * @example
 * ```ts
 * // INPUT    61 0d 0a | 0d 0a | 62 0d
 * // DECODED  61, (empty); "b\r" waits
 * import { BatchDecoder, DelimiterDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const messages: Uint8Array[] = [];
 * const decoder = new BatchDecoder(new DelimiterDecoder({ delimiter: "\r\n" }));
 * decoder.push(new TextEncoder().encode("a\r\n\r\nb\r"), messages);
 * assertEquals(messages.map((m) => new TextDecoder().decode(m)), ["a", ""]);
 * ```
 */
export class DelimiterDecoder implements Decoder<Uint8Array> {
  readonly #delimiter: Uint8Array;
  readonly #maxLength: number;
  readonly #allowUnterminated: boolean;
  /** How many of the waiting bytes are known not to be the start of a delimiter. */
  #searched = 0;

  /**
   * Makes a decoder for one stream.
   *
   * @throws {RangeError} When the delimiter is empty or the limit is not a whole number from 0.
   */
  constructor(options: DelimiterOptions) {
    this.#delimiter = delimiterOf(options);
    this.#maxLength = maxLengthOf(options);
    this.#allowUnterminated = options.allowUnterminated ?? false;
  }

  /**
   * Takes the next message; `undefined` when its delimiter has not come.
   *
   * @throws {DecodeError} `TOO_LARGE` as soon as the message must be longer than the limit.
   */
  decode(input: Input): Uint8Array | undefined {
    const found = this.#find(input);
    this.#check(found === -1 ? this.#searched : found, input);
    if (found === -1) return undefined;
    this.#searched = 0;
    const message = input.take(found);
    input.skip(this.#delimiter.length);
    return message;
  }

  /**
   * Takes the last message when it may end without a delimiter.
   *
   * @throws {DecodeError} `TOO_LARGE` when it is longer than the limit.
   */
  end(input: Input): Uint8Array | undefined {
    if (!this.#allowUnterminated) return undefined;
    this.#check(input.length, input);
    this.#searched = 0;
    return input.take(input.length);
  }

  #check(length: number, input: Input): void {
    if (length <= this.#maxLength) return;
    throw new DecodeError(
      "TOO_LARGE",
      input.offset,
      `Cannot decode frame: ${length} bytes without a delimiter exceed the limit ${this.#maxLength} (option maxLength)`,
    );
  }

  /** The distance of the next delimiter from the start of the window, or -1. */
  #find(input: Input): number {
    const { bytes, start, end } = input;
    const delimiter = this.#delimiter;
    const from = start + this.#searched;
    const at = indexOf(bytes.subarray(from, end), delimiter);
    if (at !== -1) return this.#searched + at;
    // The last bytes may be the first ones of a delimiter.
    this.#searched = Math.max(this.#searched, end - start - delimiter.length + 1);
    return -1;
  }
}

/**
 * Writes each message, followed by the delimiter.
 *
 * @example
 * ```ts
 * import { DelimiterEncoder, encodeAll } from "@cortado/cortado/codec";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const lines = new DelimiterEncoder({ delimiter: "\n" });
 * assertEquals(encodeAll(lines, [Uint8Array.of(97)]), Uint8Array.of(97, 10));
 * assertThrows(() => encodeAll(lines, [Uint8Array.of(10)]), RangeError);
 * ```
 */
export class DelimiterEncoder implements Encoder<Uint8Array> {
  readonly #delimiter: Uint8Array;
  readonly #maxLength: number;

  /**
   * Makes an encoder.
   *
   * @throws {RangeError} When the delimiter is empty or the limit is not a whole number from 0.
   */
  constructor(options: DelimiterOptions) {
    this.#delimiter = delimiterOf(options);
    this.#maxLength = maxLengthOf(options);
  }

  /**
   * Appends the message and the delimiter.
   *
   * @throws {RangeError} When the message is longer than `maxLength`, or when a delimiter would be read
   *   before its end: a delimiter cannot be escaped.
   */
  encode(message: Uint8Array, out: WriteBuffer): void {
    if (message.length > this.#maxLength) {
      throw new RangeError(
        `Cannot encode a message of ${message.length} bytes: the limit is ${this.#maxLength} (option maxLength)`,
      );
    }
    const at = this.#firstDelimiter(message);
    if (at !== -1) {
      throw new RangeError(
        `Cannot encode a message of ${message.length} bytes: a delimiter would be read at byte ${at} of it`,
      );
    }
    out.bytes(message);
    out.bytes(this.#delimiter);
  }

  /** Where a reader would see the first delimiter, -1 when it follows the message as it should. */
  #firstDelimiter(message: Uint8Array): number {
    const delimiter = this.#delimiter;
    const inside = indexOf(message, delimiter);
    if (inside !== -1) return inside;
    // The message's last bytes and the delimiter's first ones may make a delimiter together.
    const tail = Math.max(0, message.length - delimiter.length + 1);
    for (let at = tail; at < message.length; at++) {
      const overlap = message.length - at;
      const matches = delimiter.every((byte, i) =>
        byte === (i < overlap ? message[at + i] : delimiter[i - overlap])
      );
      if (matches) return at;
    }
    return -1;
  }
}

/** Most delimiters are one byte, which the platform finds twice as fast. */
function indexOf(bytes: Uint8Array, delimiter: Uint8Array): number {
  return delimiter.length === 1 ? bytes.indexOf(delimiter[0]!) : indexOfNeedle(bytes, delimiter);
}

function delimiterOf({ delimiter }: DelimiterOptions): Uint8Array {
  const bytes = typeof delimiter === "string"
    ? new TextEncoder().encode(delimiter)
    : delimiter.slice();
  if (bytes.length > 0) return bytes;
  throw new RangeError("Cannot frame by an empty delimiter: it must have at least one byte");
}

function maxLengthOf({ maxLength = DEFAULT_MAX_LENGTH }: DelimiterOptions): number {
  if (Number.isSafeInteger(maxLength) && maxLength >= 0) return maxLength;
  throw new RangeError(`Cannot use maxLength ${maxLength}: it must be a whole number from 0`);
}
