/**
 * A load in CAFE: frames without ids, whose replies come in order.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import {
  CafeRequestEncoder,
  extensionSize,
  Head,
  HEADER_SIZE,
  MAGIC,
  opcodeName,
  PROTOCOL_VERSION,
  RESERVED_FLAGS,
  RESPONSE_OPCODES,
} from "../cafe/mod.ts";
import { DecodeError, type Decoder } from "../codec/mod.ts";
import { Passing, takeWhole } from "./passing.ts";
import { type LoadProtocol, REPLY, type ScannedReply } from "./protocol.ts";

const PLAIN = { id: undefined, quiet: false, checksum: false, durable: false } as const;

const ENCODER = new CafeRequestEncoder();

/** CAFE, as a load speaks it. */
export const CAFE: LoadProtocol = {
  name: "cafe",
  expected: {
    GET: REPLY.DONE | REPLY.MISS,
    SET: REPLY.DONE,
    DELETE: REPLY.DONE | REPLY.MISS,
    INCR: REPLY.DONE,
    PING: REPLY.DONE,
  },
  encode: (request, out) => ENCODER.encode({ ...request, ...PLAIN }, out),
  encodeLogin: (credentials, out) => ENCODER.encode({ op: "HELLO", ...credentials, ...PLAIN }, out),
  scanner: (keepsValues) => new CafeScanner(keepsValues),
};

const UTF8 = new TextDecoder();

/** No error is longer than this, in bytes. */
const MAX_ERROR = 1_048_576;

/** Finds the ends of reply frames by their headers, and what they say by their opcodes. */
export class CafeScanner implements Decoder<ScannedReply> {
  readonly #keepsValues: boolean;
  readonly #head = new Head();
  readonly #passing = new Passing();

  /** Makes a scanner, which gives the bytes of an OK where those are wanted. */
  constructor(keepsValues: boolean) {
    this.#keepsValues = keepsValues;
  }

  /**
   * Takes the next reply.
   *
   * @throws {DecodeError} When the bytes are no frame of CAFE, or one that answers no request of a load.
   */
  decode(input: Input): ScannedReply | undefined {
    if (this.#passing.isHalfway) return this.#passing.goOn(input);
    if (input.length < HEADER_SIZE) return undefined;
    const head = this.#head;
    head.readHeader(input.bytes, input.start);
    this.#check(input);
    const { opcode, frameSize } = head;
    if (opcode === RESPONSE_OPCODES.ERR && frameSize > MAX_ERROR) {
      throw new DecodeError(
        "TOO_LARGE",
        input.offset,
        `an error of ${frameSize} bytes is too long`,
      );
    }
    if (opcode === RESPONSE_OPCODES.ERR || (this.#keepsValues && opcode === RESPONSE_OPCODES.OK)) {
      return this.#takeWhole(input);
    }
    return this.#passing.begin(input, frameSize, this.#replyOf(input));
  }

  #takeWhole(input: Input): ScannedReply | undefined {
    const { opcode, flags, keyLength, valueLength, frameSize } = this.#head;
    const frame = takeWhole(input, frameSize);
    if (frame === undefined) return undefined;
    const body = frame.subarray(HEADER_SIZE + extensionSize(flags));
    const value = body.subarray(keyLength, keyLength + valueLength);
    if (opcode === RESPONSE_OPCODES.OK) return value;
    return { code: UTF8.decode(body.subarray(0, keyLength)), message: UTF8.decode(value) };
  }

  #check({ bytes, start, offset }: Input): void {
    const { version, flags } = this.#head;
    const isFrame = (bytes[start]! << 8 | bytes[start + 1]!) === MAGIC &&
      version === PROTOCOL_VERSION && (flags & RESERVED_FLAGS) === 0;
    if (isFrame) return;
    const found = bytes.subarray(start, start + HEADER_SIZE).toHex();
    throw new DecodeError("CORRUPT", offset, `${found} is no header of a CAFE frame`);
  }

  #replyOf({ offset }: Input): number {
    const { opcode } = this.#head;
    if (opcode === RESPONSE_OPCODES.OK) return REPLY.DONE;
    if (opcode === RESPONSE_OPCODES.MISS) return REPLY.MISS;
    throw new DecodeError("UNEXPECTED", offset, `${opcodeName(opcode)} answers no request`);
  }
}
