/**
 * Framing by a length in front of each message.
 *
 * @module
 */

import type { Input, WriteBuffer } from "../bytes/mod.ts";
import type { Decoder } from "./decoder.ts";
import type { Encoder } from "./encoder.ts";
import { DecodeError } from "./error.ts";

/** How a length-delimited frame is laid out. All sizes in bytes. */
export interface LengthDelimitedOptions {
  /**
   * The size of the length field, or `"varint"` for LEB128 as in protocol buffers (seven bits a byte,
   * least significant first, at most five bytes). Default 4.
   */
  readonly prefix?: 1 | 2 | 4 | "varint";
  /** Whether the length field has its least significant byte first. Default false. */
  readonly littleEndian?: boolean;
  /** How many bytes of each frame precede the length field. They are part of the message. Default 0. */
  readonly offset?: number;
  /**
   * What is added to the length field to get the number of bytes after it: minus the field's size where
   * the field counts itself, plus the size of a header that it does not count. Default 0.
   */
  readonly adjustment?: number;
  /** The largest number of bytes after the length field. Default 8,388,608. */
  readonly maxLength?: number;
}

/** Frames larger than this are refused unless `maxLength` says otherwise. */
const DEFAULT_MAX_LENGTH = 8_388_608;

/** A varint of more bytes than this has more than 32 bits. */
const MAX_VARINT = 5;

/**
 * Takes messages that a length field announces.
 *
 * The message is what follows the length field, a view that stays unchanged. With an `offset` it is the
 * bytes before the field and those after it, copied into one array. A length over `maxLength` is refused
 * as soon as the field has come, before anything is allocated.
 *
 * @example A two-byte length, big-endian
 * ```ts
 * // INPUT    00 03 | 61 62 63 | 00 00 | 00 01 | 64
 * // DECODED  61 62 63, (empty), 64
 * import { BatchDecoder, LengthDelimitedDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const messages: Uint8Array[] = [];
 * const decoder = new BatchDecoder(new LengthDelimitedDecoder({ prefix: 2 }));
 * decoder.push(Uint8Array.of(0, 3, 97, 98, 99, 0, 0, 0, 1, 100), messages);
 * assertEquals(messages.map((m) => [...m]), [[97, 98, 99], [], [100]]);
 * ```
 *
 * @example A type byte, then a four-byte length that counts itself, as PostgreSQL frames
 * ```ts
 * // INPUT    5a | 00 00 00 05 | 49
 * // DECODED  5a 49
 * import { BatchDecoder, LengthDelimitedDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const messages: Uint8Array[] = [];
 * const postgres = new LengthDelimitedDecoder({ offset: 1, prefix: 4, adjustment: -4 });
 * new BatchDecoder(postgres).push(Uint8Array.of(0x5a, 0, 0, 0, 5, 0x49), messages);
 * assertEquals(messages, [Uint8Array.of(0x5a, 0x49)]);
 * ```
 *
 * @example A varint, as protocol buffers frame
 * ```ts
 * // INPUT    ac 02 | 300 bytes
 * // DECODED  300 bytes
 * import { BatchDecoder, LengthDelimitedDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const messages: Uint8Array[] = [];
 * const decoder = new BatchDecoder(new LengthDelimitedDecoder({ prefix: "varint" }));
 * decoder.push(Uint8Array.of(0xac, 0x02, ...new Uint8Array(300)), messages);
 * assertEquals(messages[0]!.length, 300);
 * ```
 */
export class LengthDelimitedDecoder implements Decoder<Uint8Array> {
  readonly #layout: Layout;

  /**
   * Makes a decoder of one layout. It has no state: one may serve any number of streams.
   *
   * @throws {RangeError} When an option is out of range.
   */
  constructor(options: LengthDelimitedOptions = {}) {
    this.#layout = layoutOf(options);
  }

  /**
   * Takes the next message; `undefined` when it has not come whole.
   *
   * @throws {DecodeError} `TOO_LARGE` for a length over the limit, `CORRUPT` for one that the adjustment
   *   makes negative or a varint that is too long.
   */
  decode(input: Input): Uint8Array | undefined {
    const layout = this.#layout;
    const { offset } = layout;
    const field = readLength(input, layout);
    if (field === undefined) return undefined;
    const length = field.value + layout.adjustment;
    this.#check(field.value, length, input);
    const head = offset + field.size;
    if (input.length < head + length) {
      input.need(head + length);
      return undefined;
    }
    if (offset === 0) {
      input.skip(head);
      return input.take(length);
    }
    const message = new Uint8Array(offset + length);
    message.set(input.take(offset));
    input.skip(field.size);
    message.set(input.take(length), offset);
    return message;
  }

  #check(field: number, length: number, input: Input): void {
    const { adjustment, maxLength } = this.#layout;
    if (length > maxLength) {
      throw new DecodeError(
        "TOO_LARGE",
        input.offset,
        `Cannot decode frame: length ${length} exceeds the limit ${maxLength} (option maxLength)`,
      );
    }
    if (length < 0) {
      throw new DecodeError(
        "CORRUPT",
        input.offset,
        `Cannot decode frame: length field ${field} with the adjustment ${adjustment} is below 0`,
      );
    }
  }
}

/**
 * Writes each message after its length: the inverse of {@linkcode LengthDelimitedDecoder} with the same
 * options. With an `offset`, that many bytes of the message are written before the length.
 *
 * @example
 * ```ts
 * import { encodeAll, LengthDelimitedEncoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const encoder = new LengthDelimitedEncoder({ prefix: 2, littleEndian: true });
 * assertEquals(encodeAll(encoder, [Uint8Array.of(7)]), Uint8Array.of(1, 0, 7));
 * ```
 */
export class LengthDelimitedEncoder implements Encoder<Uint8Array> {
  readonly #layout: Layout;

  /**
   * Makes an encoder of one layout.
   *
   * @throws {RangeError} When an option is out of range.
   */
  constructor(options: LengthDelimitedOptions = {}) {
    this.#layout = layoutOf(options);
  }

  /**
   * Appends the frame of one message.
   *
   * @throws {RangeError} When the message is shorter than `offset`, longer than `maxLength`, or when its
   *   length does not fit the length field.
   */
  encode(message: Uint8Array, out: WriteBuffer): void {
    const { offset, prefix, adjustment, maxLength, littleEndian } = this.#layout;
    const length = message.length - offset;
    const field = length - adjustment;
    const largest = prefix === "varint" ? 0xffff_ffff : 2 ** (8 * prefix) - 1;
    if (length < 0) {
      throw new RangeError(
        `Cannot encode a message of ${message.length} bytes: ${offset} belong before the length (option offset)`,
      );
    }
    if (length > maxLength) {
      throw new RangeError(
        `Cannot encode a message of ${length} bytes: the limit is ${maxLength} (option maxLength)`,
      );
    }
    if (field < 0 || field > largest) {
      throw new RangeError(
        `Cannot encode a message of ${length} bytes: its length field ${field} is not in 0 to ${largest} (options prefix, adjustment)`,
      );
    }
    if (offset > 0) out.bytes(message.subarray(0, offset));
    writeLength(out, prefix, littleEndian, field);
    out.bytes(offset > 0 ? message.subarray(offset) : message);
  }
}

type Layout = Required<LengthDelimitedOptions>;

/** Not every caller is checked by the compiler. */
const PREFIXES: readonly unknown[] = [1, 2, 4, "varint"];

function layoutOf(options: LengthDelimitedOptions): Layout {
  const { prefix = 4, littleEndian = false, offset = 0, adjustment = 0 } = options;
  const { maxLength = DEFAULT_MAX_LENGTH } = options;
  if (!PREFIXES.includes(prefix)) {
    throw new RangeError(`Cannot use prefix ${prefix}: it must be 1, 2, 4 or "varint"`);
  }
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RangeError(`Cannot use offset ${offset}: it must be a whole number from 0`);
  }
  if (!Number.isSafeInteger(adjustment)) {
    throw new RangeError(`Cannot use adjustment ${adjustment}: it must be a whole number`);
  }
  if (!(maxLength >= 0 && maxLength <= 0xffff_ffff)) {
    throw new RangeError(`Cannot use maxLength ${maxLength}: it must be from 0 to 2^32 - 1`);
  }
  return { prefix, littleEndian, offset, adjustment, maxLength };
}

function readLength(
  input: Input,
  layout: Layout,
): { readonly value: number; readonly size: number } | undefined {
  const { prefix, offset, littleEndian } = layout;
  if (prefix === "varint") return readVarint(input, offset);
  if (input.length < offset + prefix) {
    input.need(offset + prefix);
    return undefined;
  }
  const { bytes } = input;
  const at = input.start + offset;
  let value = 0;
  for (let i = 0; i < prefix; i++) {
    value = value * 256 + bytes[littleEndian ? at + prefix - 1 - i : at + i]!;
  }
  return { value, size: prefix };
}

function readVarint(
  input: Input,
  offset: number,
): { readonly value: number; readonly size: number } | undefined {
  const { bytes } = input;
  const at = input.start + offset;
  let value = 0;
  for (let i = 0; i < MAX_VARINT; i++) {
    if (at + i >= input.end) return undefined;
    const byte = bytes[at + i]!;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80 && value <= 0xffff_ffff) return { value, size: i + 1 };
  }
  throw new DecodeError(
    "CORRUPT",
    input.offset,
    `Cannot decode frame: its varint length is over 32 bits (${MAX_VARINT} bytes)`,
  );
}

function writeLength(
  out: WriteBuffer,
  prefix: Layout["prefix"],
  littleEndian: boolean,
  length: number,
): void {
  if (prefix === "varint") {
    let rest = length;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.u8((rest & 0x7f) | 0x80);
    out.u8(rest);
    return;
  }
  const at = out.reserve(prefix);
  for (let i = 0; i < prefix; i++) {
    out.patchU8(at + (littleEndian ? i : prefix - 1 - i), length >>> (8 * i));
  }
}
