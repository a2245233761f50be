/**
 * A load in the binary protocol of memcached.
 *
 * @module
 */

import { type Input, NO_BYTES, readU16, readU32, type WriteBuffer } from "../bytes/mod.ts";
import { DecodeError, type Decoder } from "../codec/mod.ts";
import { Passing, takeWhole } from "./passing.ts";
import { type LoadProtocol, REPLY, type ScannedReply } from "./protocol.ts";
import type { LoadRequest } from "./workload.ts";

const HEADER_SIZE = 24;
const REQUEST_MAGIC = 0x80;
const RESPONSE_MAGIC = 0x81;

const OPCODES = {
  GET: 0x00,
  SET: 0x01,
  DELETE: 0x04,
  INCR: 0x05,
  PING: 0x0a,
  LOGIN: 0x21,
} as const;

const DONE = 0x00;
const NOT_FOUND = 0x01;

const UTF8 = new TextDecoder();
const PLAIN = new TextEncoder().encode("PLAIN");

/** The binary protocol of memcached, as a load speaks it; a login is one of SASL. */
export const MEMCACHED_BINARY: LoadProtocol = {
  name: "memcached-binary",
  expected: {
    GET: REPLY.VALUE | REPLY.MISS,
    SET: REPLY.DONE,
    DELETE: REPLY.DONE | REPLY.MISS,
    INCR: REPLY.INTEGER,
    PING: REPLY.DONE,
  },
  encode,
  encodeLogin({ user, password }, out) {
    writeHeader(OPCODES.LOGIN, 0, PLAIN, 2 + user.length + password.length, out);
    out.bytes(PLAIN);
    out.u8(0);
    out.bytes(user);
    out.u8(0);
    out.bytes(password);
  },
  scanner: (keepsValues) => new MemcachedBinaryScanner(keepsValues),
};

function encode(request: LoadRequest, out: WriteBuffer): void {
  const opcode = OPCODES[request.op];
  switch (request.op) {
    case "PING":
      return writeHeader(opcode, 0, NO_BYTES, 0, out);
    case "SET":
      writeHeader(opcode, 8, request.key, request.value.length, out);
      out.u64(0); // No flags, and no end of its life.
      out.bytes(request.key);
      return out.bytes(request.value);
    case "INCR":
      writeHeader(opcode, 20, request.key, 0, out);
      out.i64(BigInt(request.delta));
      out.i64(BigInt(request.delta)); // What a key that is not there begins with,
      out.u32(0); // and no end of its life.
      return out.bytes(request.key);
    default:
      writeHeader(opcode, 0, request.key, 0, out);
      return out.bytes(request.key);
  }
}

/** The header of a request, whose extras, key and value follow. */
function writeHeader(
  opcode: number,
  extras: number,
  key: Uint8Array,
  valueLength: number,
  out: WriteBuffer,
): void {
  out.u8(REQUEST_MAGIC);
  out.u8(opcode);
  out.u16(key.length);
  out.u8(extras);
  out.u8(0); // The type of the data: there is one only.
  out.u16(0); // Reserved.
  out.u32(extras + key.length + valueLength);
  out.u32(0); // What a reply carries back,
  out.u64(0); // and no version.
}

/** Finds the ends of replies by their headers, and what they say by their status and opcode. */
export class MemcachedBinaryScanner implements Decoder<ScannedReply> {
  readonly #keepsValues: boolean;
  readonly #passing = new Passing();

  /** Makes a scanner, which gives the bytes of a value where those are wanted. */
  constructor(keepsValues: boolean) {
    this.#keepsValues = keepsValues;
  }

  /**
   * Takes the next reply.
   *
   * @throws {DecodeError} When the bytes are no reply.
   */
  decode(input: Input): ScannedReply | undefined {
    if (this.#passing.isHalfway) return this.#passing.goOn(input);
    if (input.length < HEADER_SIZE) return undefined;
    const { bytes, start, offset } = input;
    if (bytes[start] !== RESPONSE_MAGIC) {
      const found = bytes.subarray(start, start + HEADER_SIZE).toHex();
      throw new DecodeError("CORRUPT", offset, `${found} is no header of a reply of memcached`);
    }
    const size = HEADER_SIZE + readU32(bytes, start + 8);
    const status = readU16(bytes, start + 6);
    if (status === DONE || status === NOT_FOUND) {
      const reply = status === DONE ? replyTo(bytes[start + 1]!) : REPLY.MISS;
      if (!(this.#keepsValues && reply === REPLY.VALUE)) {
        return this.#passing.begin(input, size, reply);
      }
    }
    const reply = takeWhole(input, size);
    if (reply === undefined) return undefined;
    const body = reply.subarray(HEADER_SIZE + reply[4]! + readU16(reply, 2));
    return status === DONE ? body : { code: `STATUS_${status}`, message: UTF8.decode(body) };
  }
}

function replyTo(opcode: number): number {
  if (opcode === OPCODES.GET) return REPLY.VALUE;
  return opcode === OPCODES.INCR ? REPLY.INTEGER : REPLY.DONE;
}
