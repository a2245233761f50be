/**
 * Plain GETs of CAFE: frames with a key, perhaps an id, and nothing else.
 *
 * @module
 */

import { readU16, readU32 } from "../../bytes/mod.ts";
import {
  extensionSize,
  FLAGS,
  HEADER_SIZE,
  MAGIC,
  PROTOCOL_VERSION,
  REQUEST_OPCODES,
  RESPONSE_OPCODES,
} from "../../cafe/mod.ts";
import { CUT, MAX_PLAIN_KEY, OTHER, type PlainGets } from "./plain_get.ts";

const FLAGS_AT = 4;
const KEY_LENGTH_AT = 6;
const VALUE_LENGTH_AT = 8;

/** GETs of CAFE. */
export class PlainCafeGets implements PlainGets {
  keyAt = 0;
  keyLength = 0;
  /** An answer has what is left of the time to live. */
  readonly tellsExpiry = true;
  readonly #maxKeySize: number;

  /** Makes one; longer keys are refused by the owner. */
  constructor(maxKeySize: number) {
    this.#maxKeySize = Math.min(maxKeySize, MAX_PLAIN_KEY);
  }

  scan(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < HEADER_SIZE) return CUT;
    if (
      bytes[at] !== MAGIC >> 8 || bytes[at + 1] !== (MAGIC & 0xff) ||
      bytes[at + 2] !== PROTOCOL_VERSION || bytes[at + 3] !== REQUEST_OPCODES.GET ||
      (readU16(bytes, at + FLAGS_AT) & ~FLAGS.ID) !== 0 ||
      readU32(bytes, at + VALUE_LENGTH_AT) !== 0
    ) {
      return OTHER;
    }
    const size = readU16(bytes, at + KEY_LENGTH_AT);
    if (size === 0 || size > this.#maxKeySize) return OTHER;
    this.keyAt = at + headSizeOf(bytes, at);
    this.keyLength = size;
    const next = this.keyAt + size;
    return next > end ? CUT : next;
  }

  headSize(bytes: Uint8Array, requestAt: number): number {
    return headSizeOf(bytes, requestAt);
  }

  hit(bytes: Uint8Array, requestAt: number, out: Uint8Array, at: number, length: number): number {
    return writeHead(RESPONSE_OPCODES.OK, bytes, requestAt, out, at, length) + length;
  }

  miss(bytes: Uint8Array, requestAt: number, out: Uint8Array, at: number): number {
    return writeHead(RESPONSE_OPCODES.MISS, bytes, requestAt, out, at, 0);
  }
}

/** How long the head of a request is, and that of its answer. */
function headSizeOf(bytes: Uint8Array, requestAt: number): number {
  return HEADER_SIZE + extensionSize(readU16(bytes, requestAt + FLAGS_AT));
}

/** Writes the head of an answer, with the id of the request; returns where its value begins. */
function writeHead(
  opcode: number,
  bytes: Uint8Array,
  requestAt: number,
  out: Uint8Array,
  at: number,
  length: number,
): number {
  out[at] = MAGIC >> 8;
  out[at + 1] = MAGIC & 0xff;
  out[at + 2] = PROTOCOL_VERSION;
  out[at + 3] = opcode;
  out[at + 4] = 0;
  out[at + 5] = bytes[requestAt + FLAGS_AT + 1]!; // No other flag than ID is set.
  out[at + 6] = out[at + 7] = 0;
  out[at + 8] = length >>> 24;
  out[at + 9] = length >>> 16;
  out[at + 10] = length >>> 8;
  out[at + 11] = length;
  const size = headSizeOf(bytes, requestAt);
  for (let i = HEADER_SIZE; i < size; i++) out[at + i] = bytes[requestAt + i]!;
  return at + size;
}
