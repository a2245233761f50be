/**
 * CAFE request frames to requests (docs/cafe.md, section 5).
 *
 * @module
 */

import { type Input, readI64, readU16, readU32, readU64 } from "../bytes/mod.ts";
import type { BasicOp, ErrorCode } from "../model/mod.ts";
import type { Credit } from "./credit.ts";
import { flagNames, FLAGS } from "./flags.ts";
import { type FrameBuilder, FrameDecoder } from "./frame_decoder.ts";
import type { Head } from "./head.ts";
import type { FrameLimits } from "./limits.ts";
import { byOpcode, opcodeName, REQUEST_OPCODES, type RequestType } from "./opcodes.ts";
import { type DecodedRequest, type InvalidCafeRequest, MAX_TTL, OFFER_FIRST } from "./request.ts";

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
  /** What the client may send, when that was agreed on: a request that overruns it becomes `INVALID`. */
  credit: Credit | undefined = undefined;

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
    return this.credit === undefined || request === undefined ? request : this.#charge(request);
  }

  /** Takes what a frame costs from the credit: a WINDOW is free, and a PART is no request of its own. */
  #charge(request: DecodedRequest): DecodedRequest {
    const credit = this.credit!;
    if (this.opcode === REQUEST_OPCODES.WINDOW) return request;
    if (!credit.exhausted) {
      credit.spend(this.opcode === REQUEST_OPCODES.PART ? 0 : 1, this.frameSize);
      return request;
    }
    const { requests, bytes } = credit.window;
    const message =
      `Cannot carry out ${opcodeName(this.opcode)}: ${requests} requests or ${bytes} ` +
      "bytes are in flight (options maxInFlight, maxInFlightBytes); wait for WINDOW";
    const { id, checksum } = request;
    const ofPart = this.opcode === REQUEST_OPCODES.PART;
    const head = { id, quiet: false, checksum, durable: false, ...ofPart && { ofPart } };
    return { op: "INVALID", ...head, code: "OVERRUN", message };
  }

  #holdBehind(request: DecodedRequest): void {
    if (request.op === "HELLO" && request.offer !== undefined) this.hold();
  }
}

/** The requests by opcode. */
const OPS = byOpcode(REQUEST_OPCODES);

/** Which of TTL, VERSION and MORE a request takes. Elsewhere they are refused: the request would not do what was asked. */
const TAKES: Readonly<Record<RequestType, number>> = {
  GET: FLAGS.VERSION | FLAGS.MORE,
  SET: FLAGS.TTL | FLAGS.VERSION | FLAGS.MORE,
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
  PART: FLAGS.MORE,
  WINDOW: 0,
};

const REQUEST_BUILDER: FrameBuilder<DecodedRequest> = {
  unsupported: FLAGS.COMPRESSED | FLAGS.ENCRYPTED | FLAGS.SIGNED,
  message(head, key, value) {
    const op = OPS[head.opcode];
    if (op === undefined) {
      const message = `Cannot carry out opcode ${head.opcode}: no request has it`;
      return invalid(head, "UNKNOWN_OPCODE", message);
    }
    const given = head.flags & (FLAGS.TTL | FLAGS.VERSION | FLAGS.MORE);
    if ((given & ~TAKES[op]) !== 0) {
      const names = flagNames(given & ~TAKES[op]);
      return invalid(head, "UNSUPPORTED_FLAG", `Cannot carry out ${op}: it does not take ${names}`);
    }
    if (op === "PART" || op === "WINDOW" || (given & FLAGS.MORE) !== 0) {
      return buildOfParts(op, head, key, value);
    }
    return build(op, head, key, value);
  },
  refused: invalid,
};

/** A request about a value in parts: its id ties the parts together. */
function buildOfParts(
  op: RequestType,
  head: Head,
  key: Uint8Array,
  value: Uint8Array,
): DecodedRequest {
  const { id, ttl, entryVersion: version } = head;
  if (id === undefined) {
    const message = `Cannot carry out ${op}: about a value in parts, it needs an id`;
    return invalid(head, "BAD_REQUEST", message);
  }
  const quiet = (head.flags & FLAGS.QUIET) !== 0;
  const checksum = (head.flags & FLAGS.CHECKSUM) !== 0;
  const durable = (head.flags & FLAGS.DURABLE) !== 0;
  switch (op) {
    case "SET": {
      if (value.length !== 8) return wrongSize(head, "SET with MORE", "8", value);
      const size = readU64(value, 0);
      return ttlError(head, op) ?? versionError(head, op) ?? sizeError(head, size) ??
        { op: "SET_PARTS", id, quiet, checksum, durable, key, size, ttl, version };
    }
    case "GET": {
      if (value.length !== 4) return wrongSize(head, "GET with MORE", "4", value);
      const wantVersion = version !== undefined;
      const window = readU32(value, 0);
      return { op: "GET_PARTS", id, quiet, checksum, durable, key, wantVersion, window };
    }
    case "WINDOW":
      if (key.length > 0) return unwanted(head, op, "key", key);
      if (value.length !== 4) return wrongSize(head, op, "4", value);
      return { op, id, quiet: false, checksum, durable: false, bytes: readU32(value, 0) };
    default: { // PART: no other one takes MORE.
      if (key.length > 0) return unwanted(head, op, "key", key);
      const last = (head.flags & FLAGS.MORE) === 0;
      return { op: "PART", id, quiet: false, checksum, durable: false, value, last };
    }
  }
}

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
  const { opcode, id } = head;
  const checksum = (head.flags & FLAGS.CHECKSUM) !== 0;
  const ofPart = id !== undefined &&
    (opcode === REQUEST_OPCODES.PART || opcode === REQUEST_OPCODES.WINDOW);
  const plain = {
    op: "INVALID",
    id,
    quiet: false,
    checksum,
    durable: false,
    code,
    message,
  } as const;
  return ofPart ? { ...plain, ofPart } : plain;
}

function unwanted(head: Head, op: string, field: string, bytes: Uint8Array): InvalidCafeRequest {
  const message =
    `Cannot carry out ${op}: its ${field} must be empty and has ${bytes.length} bytes`;
  return invalid(head, "BAD_REQUEST", message);
}

function wrongSize(head: Head, op: string, sizes: string, value: Uint8Array): InvalidCafeRequest {
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

function sizeError(head: Head, size: number): InvalidCafeRequest | undefined {
  if (Number.isSafeInteger(size)) return undefined;
  return invalid(head, "BAD_REQUEST", "Cannot carry out SET: its size is over 2^53 - 1");
}
