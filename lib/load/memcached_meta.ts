/**
 * A load in the meta commands of memcached.
 *
 * @module
 */

import type { Input, WriteBuffer } from "../bytes/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import { corrupt, lengthAt, notLength } from "./lines.ts";
import { Passing, takeWhole } from "./passing.ts";
import { type LoadProtocol, REPLY, type ScannedReply } from "./protocol.ts";
import type { LoadRequest } from "./workload.ts";

const UTF8 = new TextDecoder();
const CRLF = 0x0d0a;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;

/** No line of a reply is longer than this, in bytes. */
const MAX_LINE = 4_096;

/** The meta commands of memcached, as a load speaks them; a login is a `set` of the older commands. */
export const MEMCACHED_META: LoadProtocol = {
  name: "memcached-meta",
  expected: {
    GET: REPLY.VALUE | REPLY.MISS,
    SET: REPLY.DONE,
    DELETE: REPLY.DONE | REPLY.MISS,
    INCR: REPLY.DONE,
    PING: REPLY.DONE,
  },
  encode,
  encodeLogin({ user, password }, out) {
    out.text(`set login 0 0 ${user.length + 1 + password.length}\r\n`);
    out.bytes(user);
    out.u8(SPACE);
    out.bytes(password);
    out.u16(CRLF);
  },
  scanner: (keepsValues) => new MemcachedMetaScanner(keepsValues),
};

function encode(request: LoadRequest, out: WriteBuffer): void {
  switch (request.op) {
    case "GET":
      return writeCommand("mg ", request.key, " v\r\n", out);
    case "SET":
      writeCommand("ms ", request.key, ` ${request.value.length}\r\n`, out);
      out.bytes(request.value);
      return out.u16(CRLF);
    case "DELETE":
      return writeCommand("md ", request.key, "\r\n", out);
    case "INCR": // N0: a key that is not there is made, for good, with the number behind J.
      return writeCommand("ma ", request.key, ` N0 J${request.delta} D${request.delta}\r\n`, out);
    case "PING":
      out.text("mn\r\n");
  }
}

function writeCommand(name: string, key: Uint8Array, rest: string, out: WriteBuffer): void {
  out.text(name);
  out.bytes(key);
  out.text(rest);
}

/** What the first two letters of a reply that has no value say. */
const REPLIES: ReadonlyMap<string, number> = new Map<string, number>([
  ["HD", REPLY.DONE],
  ["MN", REPLY.DONE],
  ["ST", REPLY.DONE], // STORED, to a login.
  ["EN", REPLY.MISS],
  ["NF", REPLY.MISS],
]);

/** The first words of errors. NS and EX say that a value was not stored. */
const ERRORS: ReadonlySet<string> = new Set(["ERROR", "CLIENT_ERROR", "SERVER_ERROR", "NS", "EX"]);

/** Finds the ends of replies: lines, and values by the length in their line. */
export class MemcachedMetaScanner implements Decoder<ScannedReply> {
  readonly #keepsValues: boolean;
  readonly #passing = new Passing();

  /** Makes a scanner, which gives the bytes of a value where those are wanted. */
  constructor(keepsValues: boolean) {
    this.#keepsValues = keepsValues;
  }

  /**
   * Takes the next reply.
   *
   * @throws {DecodeError} When the bytes are no reply to a request of a load.
   */
  decode(input: Input): ScannedReply | undefined {
    if (this.#passing.isHalfway) return this.#passing.goOn(input);
    const { bytes, start, end } = input;
    const limit = Math.min(end, start + MAX_LINE);
    let at = start;
    while (at < limit && bytes[at] !== LF) at++;
    if (at === limit) {
      if (limit === end) return undefined;
      throw corrupt(input, "a line without its end");
    }
    const size = at + 1 - start;
    if (size < 4 || bytes[at - 1] !== CR) throw corrupt(input, "a line that does not end in CRLF");
    const letters = String.fromCharCode(bytes[start]!, bytes[start + 1]!);
    if (letters === "VA") return this.#value(input, size);
    const reply = REPLIES.get(letters);
    if (reply === undefined) return errorOf(input, size);
    input.skip(size);
    return reply;
  }

  /** A value whose length stands in a line of `size` bytes. */
  #value(input: Input, size: number): ScannedReply | undefined {
    const length = lengthOf(input, size);
    const whole = size + length + 2;
    if (!this.#keepsValues) return this.#passing.begin(input, whole, REPLY.VALUE);
    return takeWhole(input, whole)?.subarray(size, size + length);
  }
}

/** The number behind `VA `, which flags may follow. */
function lengthOf(input: Input, size: number): number {
  const { bytes, start } = input;
  const first = start + "VA ".length;
  if (bytes[first - 1] !== SPACE) throw notLength(input);
  return lengthAt(input, first, start + size - 2, SPACE);
}

function errorOf(input: Input, size: number): ScannedReply {
  const { bytes, start } = input;
  const message = UTF8.decode(bytes.subarray(start, start + size - 2));
  const code = message.split(" ", 1)[0]!;
  if (!ERRORS.has(code)) throw corrupt(input, "no reply to a request of a load");
  input.skip(size);
  return { code, message };
}
