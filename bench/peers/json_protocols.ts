/**
 * Loads in JSON, as lines and over HTTP. HTTP is pipelined, which few of its clients do, and has no header
 * that is not needed: that favours it.
 *
 * @module
 */

import type { Input, WriteBuffer } from "../../lib/bytes/mod.ts";
import { DecodeError, type Decoder } from "../../lib/codec/mod.ts";
import {
  type LoadProtocol,
  type LoadRequest,
  REPLY,
  type ScannedReply,
} from "../../lib/load/mod.ts";

const UTF8 = new TextDecoder();
const LF = 0x0a;
const CR = 0x0d;

/** What GET and SET may be answered with; nothing else is asked. */
const EXPECTED = {
  GET: REPLY.DONE | REPLY.MISS,
  SET: REPLY.DONE,
  DELETE: 0,
  INCR: 0,
  PING: 0,
} as const;

/** JSON lines. Values are not looked at. */
export const JSON_LINES: LoadProtocol = {
  name: "json-lines",
  expected: EXPECTED,
  encode(request, out) {
    const { key, value } = entryOf(request);
    out.text(JSON.stringify({ op: request.op, key, value }) + "\n");
  },
  encodeLogin: refuseLogin,
  scanner: () => new LineScanner(),
};

/** JSON over HTTP/1.1. Values are not looked at. */
export const JSON_HTTP: LoadProtocol = {
  name: "json-http",
  expected: EXPECTED,
  encode(request, out) {
    const { key, value } = entryOf(request);
    if (value === undefined) {
      out.text(`GET /${key} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      return;
    }
    const body = JSON.stringify({ value });
    const head = "host: localhost\r\ncontent-type: application/json\r\n";
    out.text(`PUT /${key} HTTP/1.1\r\n${head}content-length: ${body.length}\r\n\r\n${body}`);
  },
  encodeLogin: refuseLogin,
  scanner: () => new HttpScanner(),
};

/** The fields of a request in text. */
function entryOf(request: LoadRequest): { readonly key: string; readonly value?: string } {
  if (request.op === "GET") return { key: UTF8.decode(request.key) };
  if (request.op === "SET") {
    return { key: UTF8.decode(request.key), value: request.value.toBase64() };
  }
  throw new TypeError(`Cannot encode ${request.op}: the service has GET and SET only`);
}

function refuseLogin(_credentials: unknown, _out: WriteBuffer): void {
  throw new TypeError("Cannot log in: the service has no users");
}

/** Finds the ends of lines, and what they say by their first field: `{"ok"`, `{"value"`, `{"miss"`. */
class LineScanner implements Decoder<ScannedReply> {
  /** So many bytes of the line that comes were looked at. */
  #seen = 0;

  decode(input: Input): ScannedReply | undefined {
    const { bytes, start, end } = input;
    let at = start + this.#seen;
    while (at < end && bytes[at] !== LF) at++;
    this.#seen = at - start;
    if (at === end) return undefined;
    this.#seen = 0;
    const line = input.take(at + 1 - start);
    switch (String.fromCharCode(line[2]!)) {
      case "o":
      case "v":
        return REPLY.DONE;
      case "m":
        return REPLY.MISS;
      default:
        return { code: "ERROR", message: UTF8.decode(line) };
    }
  }
}

/** Finds the ends of responses by their `content-length`. */
class HttpScanner implements Decoder<ScannedReply> {
  #left = 0;
  #reply: number = REPLY.DONE;

  decode(input: Input): ScannedReply | undefined {
    if (this.#left > 0) return this.#pass(input);
    const size = headSize(input);
    if (size === undefined) return undefined;
    const head = UTF8.decode(input.take(size));
    const [, status = "", length] =
      /^HTTP\/1\.1 (\d+).*?\r\ncontent-length: (\d+)\r\n/is.exec(head) ??
        [];
    if (length === undefined) {
      throw new DecodeError("CORRUPT", input.offset, `${head} has no content-length`);
    }
    this.#left = Number(length);
    if (status !== "200" && status !== "404") return { code: `STATUS_${status}`, message: head };
    this.#reply = status === "200" ? REPLY.DONE : REPLY.MISS;
    return this.#pass(input);
  }

  #pass(input: Input): number | undefined {
    const count = Math.min(this.#left, input.length);
    input.skip(count);
    this.#left -= count;
    return this.#left === 0 ? this.#reply : undefined;
  }
}

/** How many bytes the head of a response has, with the empty line behind it. */
function headSize({ bytes, start, end }: Input): number | undefined {
  for (let at = start; at + 3 < end; at++) {
    if (bytes[at] !== CR || bytes[at + 2] !== CR) continue;
    if (bytes[at + 1] === LF && bytes[at + 3] === LF) return at + 4 - start;
  }
  return undefined;
}
