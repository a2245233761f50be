/**
 * CAFE request frames to requests and back (docs/cafe.md, section 5).
 *
 * @module
 */

import { type Input, NO_BYTES, readI64, readU16, readU64, type WriteBuffer } from "../bytes/mod.ts";
import type { Encoder } from "../codec/mod.ts";
import type {
  BasicOp,
  BasicRequest,
  ErrorCode,
  HelloRequest,
  InvalidRequest,
} from "../model/mod.ts";
import { checkField, checkI64 } from "./check.ts";
import { flagNames, FLAGS } from "./flags.ts";
import { type FrameBuilder, FrameDecoder } from "./frame_decoder.ts";
import { type Head, writeHead } from "./head.ts";
import type { FrameLimits } from "./limits.ts";
import { byOpcode, REQUEST_OPCODES } from "./opcodes.ts";
import type { Sealer } from "./protection.ts";

/** What a frame says of its request besides what is asked. */
export interface RequestHead {
  /** The request's id, an unsigned 32-bit number: the reply has the same. */
  readonly id: number | undefined;
  /** Whether a reply is sent only for an error, and for a GET that finds its key. */
  readonly quiet: boolean;
  /** Whether the reply carries a checksum, because the request did. */
  readonly checksum: boolean;
  /**
   * Whether the reply comes only when what the request has changed, and all that was carried out before it,
   * is on stable storage.
   */
  readonly durable: boolean;
}

/** A request as a client sends it. */
export type CafeRequest = BasicRequest & RequestHead;

/** A request that cannot be understood. */
export type InvalidCafeRequest = InvalidRequest & RequestHead;

/** A request as a server decodes it. */
export type DecodedRequest = CafeRequest | InvalidCafeRequest;

/** The longest time to live, in milliseconds: added to the current time, the sum is still exact. */
export const MAX_TTL: number = 2 ** 52;

/**
 * Decodes CAFE requests: what a server reads.
 *
 * A whole frame that cannot be understood becomes an `INVALID` request, so that its error reply takes its
 * place among the other replies and decoding goes on with the next frame.
 *
 * @example
 * ```ts
 * import { CafeRequestDecoder, type DecodedRequest } from "@cortado/cortado/cafe";
 * import { BatchDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const requests: DecodedRequest[] = [];
 * const frame = "cafe 01 01 0000 0003 00000000 666f6f"; // GET foo
 * const bytes = Uint8Array.fromHex(frame.replaceAll(" ", ""));
 * new BatchDecoder(new CafeRequestDecoder()).push(bytes, requests);
 * assertEquals(requests[0]!.op, "GET");
 * ```
 */
export class CafeRequestDecoder extends FrameDecoder<DecodedRequest> {
  /**
   * Makes a decoder for one stream.
   *
   * @throws {RangeError} When a limit is out of range.
   */
  constructor(limits: FrameLimits = {}) {
    super(REQUEST_BUILDER, limits);
  }

  /**
   * Takes the next request; `undefined` when it has not come whole, or is held: behind a HELLO with an offer
   * all are, until `release` tells what the answer says of them.
   *
   * @throws {ProtocolError} What {@linkcode FrameDecoder.decode} throws.
   */
  override decode(input: Input): DecodedRequest | undefined {
    const request = super.decode(input);
    // By opcode first: to ask requests of all shapes for their `op` costs a tenth of a GET.
    if (request !== undefined && this.opcode === REQUEST_OPCODES.HELLO) this.#holdBehind(request);
    return request;
  }

  #holdBehind(request: DecodedRequest): void {
    if (request.op === "HELLO" && request.offer !== undefined) this.hold();
  }
}

/**
 * Encodes CAFE requests: what a client writes.
 *
 * @example
 * ```ts
 * import { CafeRequestEncoder } from "@cortado/cortado/cafe";
 * import { encodeAll } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const key = new TextEncoder().encode("foo");
 * const bytes = encodeAll(new CafeRequestEncoder(), [
 *   { op: "GET", key, wantVersion: false, id: 7, quiet: false, checksum: false, durable: false },
 * ]);
 * assertEquals(bytes.toHex(), "cafe01010010000300000000" + "00000007" + "666f6f");
 * ```
 */
export class CafeRequestEncoder implements Encoder<CafeRequest> {
  #sealer: Sealer | undefined = undefined;

  /** Lets all frames from the next one on be protected as two sides have agreed. */
  protect(sealer: Sealer): void {
    this.#sealer = sealer;
  }

  /**
   * Appends the frame of one request.
   *
   * @throws {RangeError} When a key or a value is longer than a header can say, or a number is out of
   *   range. Nothing is appended then.
   */
  encode(request: CafeRequest, out: WriteBuffer): void {
    if (this.#sealer === undefined) return encodePlain(request, out);
    this.#sealer.seal((plain) => encodePlain(request, plain), out);
  }
}

function encodePlain(request: CafeRequest, out: WriteBuffer): void {
  switch (request.op) {
    case "GET":
      return write(
        out,
        request,
        request.key,
        NO_BYTES,
        undefined,
        request.wantVersion ? 0 : undefined,
      );
    case "SET":
      return write(out, request, request.key, request.value, request.ttl, request.version);
    case "DELETE":
      return write(out, request, request.key, NO_BYTES, undefined, request.version);
    case "PING":
      return write(out, request, NO_BYTES, request.value);
    case "HELLO":
      return write(out, request, request.user, encodePassword(request));
    case "INCR":
      return write(out, request, request.key, encodeDelta(request.delta));
    case "APPEND":
      return write(out, request, request.key, request.value);
    case "TOUCH":
      return write(out, request, request.key, NO_BYTES, request.ttl);
    case "SCAN":
      return write(out, request, request.prefix, encodeCursor(request.cursor));
    case "STATS":
      return write(out, request, request.section, NO_BYTES);
    case "SUBSCRIBE":
    case "UNSUBSCRIBE":
      return write(out, request, request.channel, NO_BYTES);
    case "PUBLISH":
      return write(out, request, request.channel, request.message);
    case "COMPACT":
      return write(out, request, NO_BYTES, NO_BYTES);
  }
}

// Decoding

/** The requests by opcode. */
const OPS = byOpcode(REQUEST_OPCODES);

/** Which of TTL and VERSION a request takes. Elsewhere they are refused: the request would not do what was asked. */
const TAKES: Readonly<Record<BasicOp, number>> = {
  GET: FLAGS.VERSION,
  SET: FLAGS.TTL | FLAGS.VERSION,
  DELETE: FLAGS.VERSION,
  PING: 0,
  HELLO: 0,
  INCR: 0,
  APPEND: 0,
  TOUCH: FLAGS.TTL,
  SCAN: 0,
  STATS: 0,
  SUBSCRIBE: 0,
  UNSUBSCRIBE: 0,
  PUBLISH: 0,
  COMPACT: 0,
};

const REQUEST_BUILDER: FrameBuilder<DecodedRequest> = {
  unsupported: FLAGS.COMPRESSED | FLAGS.ENCRYPTED | FLAGS.SIGNED | FLAGS.MORE,
  message(head, key, value) {
    const op = OPS[head.opcode];
    if (op === undefined) {
      const message = `Cannot carry out opcode ${head.opcode}: no request has it`;
      return invalid(head, "UNKNOWN_OPCODE", message);
    }
    const given = head.flags & (FLAGS.TTL | FLAGS.VERSION);
    if ((given & ~TAKES[op]) !== 0) {
      const names = flagNames(given & ~TAKES[op]);
      return invalid(head, "UNSUPPORTED_FLAG", `Cannot carry out ${op}: it does not take ${names}`);
    }
    return build(op, head, key, value);
  },
  refused: invalid,
};

function build(
  op: BasicOp,
  head: Head,
  key: Uint8Array,
  value: Uint8Array,
): DecodedRequest {
  const { id, ttl, entryVersion: version } = head;
  const quiet = (head.flags & FLAGS.QUIET) !== 0;
  const checksum = (head.flags & FLAGS.CHECKSUM) !== 0;
  const durable = (head.flags & FLAGS.DURABLE) !== 0;
  switch (op) {
    case "GET":
      if (value.length > 0) return unwanted(head, op, "value", value);
      return { op, id, quiet, checksum, durable, key, wantVersion: version !== undefined };
    case "SET":
      return ttlError(head, op) ?? versionError(head, op) ??
        { op, id, quiet, checksum, durable, key, value, ttl, version };
    case "DELETE":
      if (value.length > 0) return unwanted(head, op, "value", value);
      return versionError(head, op) ?? { op, id, quiet, checksum, durable, key, version };
    case "PING":
      if (key.length > 0) return unwanted(head, op, "key", key);
      return { op, id, quiet, checksum, durable, value };
    case "HELLO":
      if (value[0] === OFFER_FIRST) return offering(head, key, value);
      return { op, id, quiet, checksum, durable, user: key, password: value };
    case "INCR": {
      if (value.length !== 0 && value.length !== 8) return wrongSize(head, op, "0 or 8", value);
      const delta = value.length === 0 ? 1n : readI64(value, 0);
      return { op, id, quiet, checksum, durable, key, delta };
    }
    case "APPEND":
      return { op, id, quiet, checksum, durable, key, value };
    case "TOUCH":
      if (value.length > 0) return unwanted(head, op, "value", value);
      return ttlError(head, op) ?? { op, id, quiet, checksum, durable, key, ttl };
    case "SCAN": {
      if (value.length !== 0 && value.length !== 8) return wrongSize(head, op, "0 or 8", value);
      const cursor = value.length === 0 ? 0 : readU64(value, 0);
      return cursorError(head, cursor) ??
        { op, id, quiet, checksum, durable, prefix: key, cursor };
    }
    case "STATS":
      if (value.length > 0) return unwanted(head, op, "value", value);
      return { op, id, quiet, checksum, durable, section: key };
    case "SUBSCRIBE":
    case "UNSUBSCRIBE":
      if (value.length > 0) return unwanted(head, op, "value", value);
      return { op, id, quiet, checksum, durable, channel: key };
    case "PUBLISH":
      return { op, id, quiet, checksum, durable, channel: key, message: value };
    case "COMPACT":
      if (key.length > 0) return unwanted(head, op, "key", key);
      if (value.length > 0) return unwanted(head, op, "value", value);
      return { op, id, quiet, checksum, durable };
  }
}

/** What the value of a HELLO begins with that has an offer behind the password: no password begins with it. */
const OFFER_FIRST = 0;

/** 0 u8, length of the password u16, password, offer. */
function offering(head: Head, user: Uint8Array, value: Uint8Array): DecodedRequest {
  const { id } = head;
  const end = value.length < 3 ? Infinity : 3 + readU16(value, 1);
  if (end > value.length) {
    const message = "Cannot carry out HELLO: its value ends inside the password";
    return invalid(head, "BAD_REQUEST", message);
  }
  const checksum = (head.flags & FLAGS.CHECKSUM) !== 0;
  // The answer decides how the next frames are read: it comes at once, in any case.
  const unwanted = head.flags & (FLAGS.QUIET | FLAGS.DURABLE);
  if (unwanted !== 0) {
    const message = `Cannot carry out HELLO: with an offer it does not take ${flagNames(unwanted)}`;
    return invalid(head, "UNSUPPORTED_FLAG", message);
  }
  const request = { op: "HELLO", id, quiet: false, checksum, durable: false, user } as const;
  const password = value.subarray(3, end);
  return end === value.length
    ? { ...request, password }
    : { ...request, password, offer: value.subarray(end) };
}

/** Neither quiet nor durable: the error is answered, and nothing is carried out that could be stored. */
function invalid(head: Head, code: ErrorCode, message: string): InvalidCafeRequest {
  const checksum = (head.flags & FLAGS.CHECKSUM) !== 0;
  return { op: "INVALID", id: head.id, quiet: false, checksum, durable: false, code, message };
}

function unwanted(head: Head, op: BasicOp, field: string, bytes: Uint8Array): InvalidCafeRequest {
  const message =
    `Cannot carry out ${op}: its ${field} must be empty and has ${bytes.length} bytes`;
  return invalid(head, "BAD_REQUEST", message);
}

function wrongSize(head: Head, op: BasicOp, sizes: string, value: Uint8Array): InvalidCafeRequest {
  const message =
    `Cannot carry out ${op}: its value must have ${sizes} bytes and has ${value.length}`;
  return invalid(head, "BAD_REQUEST", message);
}

function ttlError(head: Head, op: BasicOp): InvalidCafeRequest | undefined {
  const { ttl } = head;
  if (ttl === undefined || (ttl >= 1 && ttl <= MAX_TTL)) return undefined;
  // Above 2^53 the number is not exact, and would be shown as another one than was sent.
  const given = Number.isSafeInteger(ttl) ? `${ttl} ms is` : "is over 2^53 - 1 ms,";
  const message = `Cannot carry out ${op}: time to live ${given} not in 1 to ${MAX_TTL}`;
  return invalid(head, "BAD_REQUEST", message);
}

function versionError(head: Head, op: BasicOp): InvalidCafeRequest | undefined {
  const { entryVersion } = head;
  if (entryVersion === undefined || Number.isSafeInteger(entryVersion)) return undefined;
  return invalid(head, "BAD_REQUEST", `Cannot carry out ${op}: version is over 2^53 - 1`);
}

function cursorError(head: Head, cursor: number): InvalidCafeRequest | undefined {
  if (Number.isSafeInteger(cursor)) return undefined;
  const message = "Cannot carry out SCAN: its cursor was not given by this server";
  return invalid(head, "BAD_REQUEST", message);
}

// Encoding

function write(
  out: WriteBuffer,
  request: CafeRequest,
  key: Uint8Array,
  value: Uint8Array,
  ttl?: number,
  version?: number,
): void {
  const { id, quiet, checksum, durable } = request;
  const opcode = REQUEST_OPCODES[request.op];
  if (ttl !== undefined) checkField(opcode, "ttl", ttl, 1, MAX_TTL);
  const flags = (quiet ? FLAGS.QUIET : 0) | (checksum ? FLAGS.CHECKSUM : 0) |
    (durable ? FLAGS.DURABLE : 0);
  const at = writeHead(out, opcode, flags, key.length, value.length, id, ttl, version);
  out.bytes(key);
  out.bytes(value);
  if (checksum) out.u32(out.crc32(at));
}

function encodePassword({ password, offer }: HelloRequest): Uint8Array {
  if (offer === undefined && password[0] !== OFFER_FIRST) return password;
  checkField(REQUEST_OPCODES.HELLO, "length of the password", password.length, 0, 0xffff);
  const bytes = new Uint8Array(3 + password.length + (offer?.length ?? 0));
  new DataView(bytes.buffer).setUint16(1, password.length);
  bytes.set(password, 3);
  if (offer !== undefined) bytes.set(offer, 3 + password.length);
  return bytes;
}

function encodeDelta(given: number | bigint): Uint8Array {
  const delta = BigInt(given);
  if (delta === 1n) return NO_BYTES;
  checkI64(REQUEST_OPCODES.INCR, "delta", delta);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, delta);
  return bytes;
}

function encodeCursor(cursor: number): Uint8Array {
  if (cursor === 0) return NO_BYTES;
  checkField(REQUEST_OPCODES.SCAN, "cursor", cursor, 0, Number.MAX_SAFE_INTEGER);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(cursor));
  return bytes;
}
