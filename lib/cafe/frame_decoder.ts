/**
 * Bytes to frames, for both directions.
 *
 * @module
 */

import { crc32, type Input, readU32 } from "../bytes/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import { type ErrorCode, ProtocolError } from "../model/mod.ts";
import { flagNames, FLAGS, RESERVED_FLAGS } from "./flags.ts";
import { describeForeign, JAVA_VERSION } from "./foreign.ts";
import { extensionSize, Head, HEADER_SIZE, MAGIC, PROTOCOL_VERSION, trailerSize } from "./head.ts";
import { type FrameLimits, frameLimits } from "./limits.ts";
import { opcodeName, REQUEST_OPCODES } from "./opcodes.ts";
import type { InflateLimit, Opener } from "./protection.ts";

/**
 * What a decoder waits for: in `Idle` for a frame, in `Header` for the rest of a header and its extensions,
 * in `Body` for the rest of the frame.
 */
export type DecoderState = "Idle" | "Header" | "Body";

/** Makes messages from frames: what a {@linkcode FrameDecoder} leaves open. */
export interface FrameBuilder<T> {
  /**
   * Flags that are specified, but not carried out by what reads these messages. A frame with one of them is
   * skipped and becomes a `refused` message.
   */
  readonly unsupported: number;
  /**
   * The message of a whole frame. `head` is valid during the call only; `key` and `value` are views that
   * stay unchanged.
   */
  message(head: Head, key: Uint8Array, value: Uint8Array): T;
  /** The message in place of a frame that is skipped; `head` is valid during the call only. */
  refused(head: Head, code: ErrorCode, message: string): T;
}

/** The flags with which a value is not on the wire as it is. */
const PROTECTED_VALUE = FLAGS.COMPRESSED | FLAGS.ENCRYPTED;

const MAGIC_HIGH = MAGIC >> 8;
const MAGIC_LOW = MAGIC & 0xff;

/** The last byte of the magic of a Java class file. */
const JAVA_OPCODE = 0xbe;

/**
 * Takes CAFE frames off a stream: what `CafeRequestDecoder` and `CafeReplyDecoder` have in common, and what
 * a format of one's own that is made of CAFE frames begins with.
 *
 * A whole frame that cannot be understood is skipped and becomes a `refused` message. When the place of the
 * next frame cannot be known, a `ProtocolError` is thrown.
 *
 * @example
 * ```ts
 * import { type FrameBuilder, FrameDecoder, FLAGS, opcodeName } from "@cortado/cortado/cafe";
 * import { BatchDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const sizes: FrameBuilder<string> = {
 *   unsupported: FLAGS.COMPRESSED | FLAGS.ENCRYPTED | FLAGS.SIGNED | FLAGS.MORE,
 *   message: ({ opcode }, key, value) => `${opcodeName(opcode)} ${key.length}+${value.length}`,
 *   refused: (_head, code) => code,
 * };
 * const frames = "cafe010200000003000000026261726162" + // SET bar ab
 *   "cafe01010001000100000000" + "61"; // GET a, COMPRESSED
 * const found: string[] = [];
 * new BatchDecoder(new FrameDecoder(sizes)).push(Uint8Array.fromHex(frames), found);
 * assertEquals(found, ["SET 3+2", "UNSUPPORTED_FLAG"]);
 * ```
 */
export class FrameDecoder<T> implements Decoder<T> {
  readonly #builder: FrameBuilder<T>;
  readonly #limits: Required<FrameLimits>;
  readonly #head = new Head();
  /** What the two sides have agreed on; `undefined` while frames are plain. */
  #opener: Opener | undefined = undefined;
  #holding = false;
  /** Whether bytes came while frames were held. */
  #held = false;
  #state: DecoderState = "Idle";
  /** How many bytes the frame takes; known in state Body. */
  #size = 0;

  /**
   * Makes a decoder for one stream.
   *
   * @throws {RangeError} When a limit is out of range.
   */
  constructor(builder: FrameBuilder<T>, limits: FrameLimits = {}) {
    this.#builder = builder;
    this.#limits = frameLimits(limits);
  }

  /** Whether bytes wait for `release`, and when that was called for an empty chunk. */
  get held(): boolean {
    return this.#held;
  }

  /** Lets the next frames wait until it is known how they are protected. */
  hold(): void {
    this.#holding = true;
  }

  /** Says how the frames that wait, and all behind them, are protected; without an opener nothing changes. */
  release(opener: Opener | undefined): void {
    this.#holding = false;
    if (opener !== undefined) this.#opener = opener;
  }

  /** What the decoder waits for. */
  get state(): DecoderState {
    return this.#state;
  }

  /**
   * Takes the next frame; `undefined` when it has not come whole, or is held.
   *
   * @throws {ProtocolError} `PROTOCOL` for a wrong magic, `TOO_LARGE` for a length over its limit,
   *   `UNSUPPORTED_FLAG` for a reserved flag, `CHECKSUM` for a checksum that is not the frame's, and what
   *   an {@linkcode Opener} throws.
   */
  decode(input: Input): T | undefined {
    if (this.#holding || this.#held) {
      this.#held = this.#holding;
      if (this.#holding) return undefined;
    }
    if (this.#state !== "Body" && !this.#readHead(input)) return undefined;
    if (input.length < this.#size) {
      input.need(this.#size);
      return undefined;
    }
    this.#state = "Idle";
    return this.#takeFrame(input);
  }

  /**
   * Says which frame was cut, and where.
   *
   * @throws {ProtocolError} Always: it is called only with bytes of a frame that waits.
   */
  end(input: Input): never {
    const { opcode, frameSize } = this.#head;
    const id = this.#state === "Body" ? this.#head.id : undefined;
    const size = input.length < HEADER_SIZE
      ? `at least ${HEADER_SIZE} bytes`
      : `${frameSize} bytes of ${opcodeName(opcode)}${id === undefined ? "" : ` (id ${id})`}`;
    throw new ProtocolError(
      "PROTOCOL",
      input.offset,
      `Stream ended inside a frame: ${input.length} of ${size} had come`,
      id,
    );
  }

  /** Reads the header and the extensions; false when they have not come whole. */
  #readHead(input: Input): boolean {
    const { bytes, start } = input;
    const head = this.#head;
    const { length } = input;
    if (bytes[start] !== MAGIC_HIGH || (length > 1 && bytes[start + 1] !== MAGIC_LOW)) {
      throw foreign(input, head.opcode);
    }
    this.#state = "Header";
    if (length < HEADER_SIZE) {
      input.need(length < 2 ? 2 : HEADER_SIZE); // A wrong second byte is refused at once.
      return false;
    }
    head.readHeader(bytes, start);
    if (head.version === JAVA_VERSION && head.opcode === JAVA_OPCODE) throw foreign(input, 0);
    const extensions = extensionSize(head.flags);
    if (length < HEADER_SIZE + extensions) {
      input.need(HEADER_SIZE + extensions); // The reply to a refused length carries the id.
      return false;
    }
    head.readExtensions(bytes, start + HEADER_SIZE);
    this.#check(input.offset);
    this.#size = head.frameSize;
    this.#state = "Body";
    return true;
  }

  #check(offset: number): void {
    const { flags, keyLength, valueLength, id } = this.#head;
    const { maxKeySize } = this.#limits;
    const maxValueSize = this.#limits.maxValueSize + (this.#opener?.overhead ?? 0);
    if (flags & RESERVED_FLAGS) {
      const names = flagNames(flags & RESERVED_FLAGS);
      throw new ProtocolError(
        "UNSUPPORTED_FLAG",
        offset,
        `Cannot decode frame: flag ${names} is reserved, so that the frame's length is not known`,
        id,
      );
    }
    if (keyLength > maxKeySize) {
      throw tooLarge("key_len", keyLength, maxKeySize, "maxKeySize", offset, id);
    }
    if (valueLength > maxValueSize) {
      throw tooLarge("value_len", valueLength, maxValueSize, "maxValueSize", offset, id);
    }
  }

  #takeFrame(input: Input): T {
    const head = this.#head;
    const { version, flags } = head;
    const opener = this.#opener;
    const at = input.start;
    opener?.verify(head, input.bytes.subarray(at, at + this.#size), input.offset);
    if (version !== PROTOCOL_VERSION) {
      input.skip(this.#size);
      return this.#builder.refused(
        head,
        "UNSUPPORTED_VERSION",
        `Cannot decode frame: version ${version} is not supported; version ${PROTOCOL_VERSION} is`,
      );
    }
    if (flags & FLAGS.CHECKSUM) this.#checkChecksum(input);
    const unsupported = flags & this.#builder.unsupported & ~(opener?.flags ?? 0);
    if (unsupported !== 0) {
      input.skip(this.#size);
      const names = flagNames(unsupported);
      const message = `Cannot decode frame: ${names} is not in use on this connection`;
      return this.#builder.refused(head, "UNSUPPORTED_FLAG", message);
    }
    const trailer = trailerSize(flags);
    input.skip(this.#size - head.keyLength - head.valueLength - trailer);
    const key = input.take(head.keyLength);
    const value = opener !== undefined && (flags & PROTECTED_VALUE) !== 0
      ? this.#openValue(opener, input, at)
      : input.take(head.valueLength);
    input.skip(trailer);
    return this.#builder.message(head, key, value);
  }

  /** Takes the value of the frame at `at`, decrypted and inflated. */
  #openValue(opener: Opener, input: Input, at: number): Uint8Array {
    const head = this.#head;
    const frame = input.bytes.subarray(at, at + this.#size);
    const offset = input.offset - (input.start - at);
    input.skip(head.valueLength);
    return opener.open(head, frame, offset, this.inflateLimit);
  }

  /** The opcode of the frame that was taken last. */
  protected get opcode(): number {
    return this.#head.opcode;
  }

  /** How many bytes it took. */
  protected get frameSize(): number {
    return this.#size;
  }

  /** How long a value may be when it is inflated. */
  protected get inflateLimit(): InflateLimit {
    return { size: this.#limits.maxValueSize, reason: "(option maxValueSize)" };
  }

  #checkChecksum(input: Input): void {
    const { bytes, start } = input;
    const covered = this.#size - trailerSize(this.#head.flags);
    const found = readU32(bytes, start + covered);
    const expected = crc32(bytes.subarray(start, start + covered));
    if (found === expected) return;
    throw new ProtocolError(
      "CHECKSUM",
      input.offset,
      `Cannot decode frame at offset ${input.offset}: its checksum is ${
        hex32(found)
      }, its bytes have ${hex32(expected)}`,
    );
  }
}

function foreign(input: Input, lastOpcode: number): ProtocolError {
  const { bytes, start, end, offset } = input;
  const found = lastOpcode === REQUEST_OPCODES.HELLO
    ? "other bytes behind a HELLO" // They may be of its password.
    : describeForeign(bytes.subarray(start, end));
  return new ProtocolError(
    "PROTOCOL",
    offset,
    `Cannot decode frame at offset ${offset}: expected the magic ca fe, found ${found}`,
  );
}

function tooLarge(
  field: string,
  value: number,
  limit: number,
  option: string,
  offset: number,
  id: number | undefined,
): ProtocolError {
  const message =
    `Cannot decode frame: ${field} ${value} exceeds the limit ${limit} (option ${option})`;
  return new ProtocolError("TOO_LARGE", offset, message, id);
}

function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
