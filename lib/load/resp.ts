/**
 * A load in RESP2.
 *
 * @module
 */

import type { Input, WriteBuffer } from "../bytes/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import { DEFAULT_USER } from "../model/mod.ts";
import { SIGN, writeBulk, writeLine } from "../resp/write.ts";
import { corrupt, lengthAt } from "./lines.ts";
import { Passing, takeWhole } from "./passing.ts";
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
const ONE = 0x31;

/** No line of a server is longer than this, in bytes. */
const MAX_LINE = 65_536;

/** Finds the ends of replies: lines, and bulk strings by their length. Nothing else answers a load. */
export class RespScanner implements Decoder<ScannedReply> {
  readonly #keepsValues: boolean;
  readonly #passing = new Passing();

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
    if (this.#passing.isHalfway) return this.#passing.goOn(input);
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
    if (bytes[start + 1] === MINUS && bytes[start + 2] === ONE && size === 5) {
      input.skip(size);
      return REPLY.MISS;
    }
    const length = lengthAt(input, start + 1, start + size - 2, CR);
    const whole = size + length + 2;
    if (!this.#keepsValues) return this.#passing.begin(input, whole, REPLY.VALUE);
    return takeWhole(input, whole)?.subarray(size, size + length);
  }

  /** What is rubbish is told at once: its line may never end. */
  #checkType(input: Input): void {
    const type = input.bytes[input.start];
    if (type === PLUS || type === MINUS || type === COLON || type === DOLLAR) return;
    throw corrupt(input, "no reply to a request of a load");
  }
}

function errorOf(line: Uint8Array): ErrorReply {
  const message = UTF8.decode(line.subarray(1, -2));
  return { code: message.split(" ", 1)[0]!, message };
}
