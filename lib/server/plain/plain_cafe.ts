/**
 * Plain GETs of CAFE: frames with a key, perhaps an id, and nothing else.
 *
 * @module
 */

import {
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
const ID_SIZE = 4;

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
    const flags = bytes[at + FLAGS_AT]! << 8 | bytes[at + FLAGS_AT + 1]!;
    if (
      bytes[at] !== MAGIC >> 8 || bytes[at + 1] !== (MAGIC & 0xff) ||
      bytes[at + 2] !== PROTOCOL_VERSION || bytes[at + 3] !== REQUEST_OPCODES.GET ||
      (flags & ~FLAGS.ID) !== 0
    ) {
      return OTHER;
    }
    for (let i = 0; i < 4; i++) if (bytes[at + VALUE_LENGTH_AT + i] !== 0) return OTHER;
    const size = bytes[at + KEY_LENGTH_AT]! << 8 | bytes[at + KEY_LENGTH_AT + 1]!;
    if (size === 0 || size > this.#maxKeySize) return OTHER;
    this.keyAt = at + this.headSize(bytes, at);
    this.keyLength = size;
    const next = this.keyAt + size;
    return next > end ? CUT : next;
  }

  headSize(bytes: Uint8Array, requestAt: number): number {
    return hasId(bytes, requestAt) ? HEADER_SIZE + ID_SIZE : HEADER_SIZE;
  }

  hit(bytes: Uint8Array, requestAt: number, out: Uint8Array, at: number, length: number): number {
    return writeHead(RESPONSE_OPCODES.OK, bytes, requestAt, out, at, length) + length;
  }

  miss(bytes: Uint8Array, requestAt: number, out: Uint8Array, at: number): number {
    return writeHead(RESPONSE_OPCODES.MISS, bytes, requestAt, out, at, 0);
  }
}

function hasId(bytes: Uint8Array, requestAt: number): boolean {
  return (bytes[requestAt + FLAGS_AT + 1]! & FLAGS.ID) !== 0;
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
  if (!hasId(bytes, requestAt)) return at + HEADER_SIZE;
  for (let i = HEADER_SIZE; i < HEADER_SIZE + ID_SIZE; i++) out[at + i] = bytes[requestAt + i]!;
  return at + HEADER_SIZE + ID_SIZE;
}
