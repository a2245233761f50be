/**
 * A load in RESP2.
 *
 * @module
 */

import type { Input, WriteBuffer } from "../bytes/mod.ts";
import { DecodeError, type Decoder } from "../codec/mod.ts";
import { DEFAULT_USER } from "../model/mod.ts";
import { SIGN, writeBulk, writeLine } from "../resp/write.ts";
import { type ErrorReply, type LoadProtocol, REPLY, type ScannedReply } from "./protocol.ts";
import type { LoadRequest } from "./workload.ts";

const UTF8 = new TextDecoder();

/** The names of the commands. */
const NAMES = {
  GET: utf8("GET"),
  SET: utf8("SET"),
  DELETE: utf8("DEL"),
  INCR: utf8("INCR"),
  PING: utf8("PING"),
} as const;
const AUTH = utf8("AUTH");

/** RESP2, as a load speaks it. */
export const RESP: LoadProtocol = {
  name: "resp",
  expected: {
    GET: REPLY.VALUE | REPLY.MISS,
    SET: REPLY.DONE,
    DELETE: REPLY.INTEGER,
    INCR: REPLY.INTEGER,
    PING: REPLY.DONE,
  },
  encode: (request, out) => write([NAMES[request.op], ...argumentsOf(request)], out),
  encodeLogin({ user, password }, out) {
    const isDefault = UTF8.decode(user) === DEFAULT_USER;
    write(isDefault ? [AUTH, password] : [AUTH, user, password], out);
  },
  scanner: (keepsValues) => new RespScanner(keepsValues),
};

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function write(words: readonly Uint8Array[], out: WriteBuffer): void {
  writeLine(SIGN.array, words.length, out);
  for (const word of words) writeBulk(word, out);
}

function argumentsOf(request: LoadRequest): readonly Uint8Array[] {
  switch (request.op) {
    case "PING":
      return [];
    case "SET":
      return [request.key, request.value];
    default:
      return [request.key];
  }
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const COLON = 0x3a;
const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const ZERO = 0x30;

/** No line of a server is longer than this, in bytes. */
const MAX_LINE = 65_536;
/** The length of a bulk string has at most so many digits. */
const MAX_DIGITS = 10;

/** Finds the ends of replies: lines, and bulk strings by their length. Nothing else answers a load. */
export class RespScanner implements Decoder<ScannedReply> {
  readonly #keepsValues: boolean;
  /** How many bytes of a value, and the line end behind it, are still to be passed over. */
  #left = 0;

  /** Makes a scanner, which gives the bytes of a value where those are wanted. */
  constructor(keepsValues: boolean) {
    this.#keepsValues = keepsValues;
  }

  /**
   * Takes the next reply.
   *
   * @throws {DecodeError} When the bytes are no reply, or one of a type that answers no request of a load.
   */
  decode(input: Input): ScannedReply | undefined {
    if (this.#left > 0) return this.#pass(input);
    const { bytes, start, end } = input;
    const limit = Math.min(end, start + MAX_LINE);
    let at = start + 1;
    while (at < limit && bytes[at] !== CR) at++;
    if (at + 1 >= end && at < start + MAX_LINE) {
      this.#checkType(input);
      return undefined;
    }
    if (bytes[at] !== CR || bytes[at + 1] !== LF) throw corrupt(input, "a line without its end");
    const size = at + 2 - start;
    switch (bytes[start]) {
      case PLUS:
        input.skip(size);
        return REPLY.DONE;
      case COLON:
        input.skip(size);
        return REPLY.INTEGER;
      case MINUS:
        return errorOf(input.take(size));
      case DOLLAR:
        return this.#bulk(input, size);
      default:
        throw corrupt(input, "no reply to a request of a load");
    }
  }

  /** A bulk string whose length stands in a line of `size` bytes. */
  #bulk(input: Input, size: number): ScannedReply | undefined {
    const { bytes, start } = input;
    if (bytes[start + 1] === MINUS && bytes[start + 2] === ZERO + 1 && size === 5) {
      input.skip(size);
      return REPLY.MISS;
    }
    const length = lengthOf(input, size);
    const whole = size + length + 2;
    if (this.#keepsValues) {
      if (input.length >= whole) return input.take(whole).subarray(size, size + length);
      input.need(whole);
      return undefined;
    }
    if (whole <= input.length) {
      input.skip(whole);
      return REPLY.VALUE;
    }
    this.#left = whole;
    return this.#pass(input);
  }

  /** Passes over what has come, so that a long value is not gathered. */
  #pass(input: Input): number | undefined {
    const count = Math.min(this.#left, input.length);
    input.skip(count);
    this.#left -= count;
    return this.#left === 0 ? REPLY.VALUE : undefined;
  }

  /** What is rubbish is told at once: its line may never end. */
  #checkType(input: Input): void {
    const type = input.bytes[input.start];
    if (type === PLUS || type === MINUS || type === COLON || type === DOLLAR) return;
    throw corrupt(input, "no reply to a request of a load");
  }
}

function lengthOf(input: Input, size: number): number {
  const { bytes, start } = input;
  let length = 0;
  for (let at = start + 1; at < start + size - 2; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) throw corrupt(input, "a length that is no number");
    length = length * 10 + digit;
  }
  if (size > 3 && size <= 3 + MAX_DIGITS) return length;
  throw corrupt(input, "a length that is no number");
}

function errorOf(line: Uint8Array): ErrorReply {
  const message = UTF8.decode(line.subarray(1, -2));
  return { code: message.split(" ", 1)[0]!, message };
}

/** How many bytes of what is wrong are shown. */
const SHOWN = 32;

function corrupt({ bytes, start, end, offset }: Input, what: string): DecodeError {
  const found = UTF8.decode(bytes.subarray(start, Math.min(end, start + SHOWN)));
  return new DecodeError("CORRUPT", offset, `${JSON.stringify(found)} is ${what}`);
}
