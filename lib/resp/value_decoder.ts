/**
 * Bytes to replies: what a client reads.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import { DecodeError, type Decoder } from "../codec/mod.ts";
import { type ErrorCode, parseInteger, ProtocolError } from "../model/mod.ts";
import { CR, findLineEnd, isCrlf } from "./ascii.ts";
import { parseDouble } from "./double.ts";
import { limitsOf } from "./limits.ts";
import {
  RESP_NULL,
  RESP_NULL_ARRAY,
  RESP_OK,
  respBigNumber,
  respBoolean,
  respDouble,
  type RespEntry,
  respError,
  respSimple,
  type RespValue,
  respVerbatim,
} from "./value.ts";

/** Limits of one reply, with all that it holds. */
export interface RespValueLimits {
  /** How deep arrays and other aggregates may be inside each other. Default 128. */
  readonly maxDepth?: number;
  /**
   * The most values that aggregates announce, all together; a key and its value are two. Default
   * 16,777,216.
   */
  readonly maxElements?: number;
  /** The most bytes. Default 1,073,741,824 (1 GiB). */
  readonly maxSize?: number;
}

/** The limits where none are given. */
export const DEFAULT_RESP_VALUE_LIMITS: Required<RespValueLimits> = {
  maxDepth: 128,
  maxElements: 16_777_216,
  maxSize: 1_073_741_824,
};

/** The longest line: a short text, an error or a number. Long texts are bulk strings. */
const MAX_LINE = 65_536;

const UNKNOWN = -1;
const QUESTION_MARK = 0x3f;
const COLON = 0x3a;

/** A verbatim string begins with its format and a colon. */
const FORMAT_SIZE = 4;

/** Keeps a leading U+FEFF: what was sent is what is read. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** How a type's values are laid out: a line, bytes of an announced length, or values of a count. */
type Layout = "line" | "blob" | "list" | "pairs";

const LAYOUTS: Readonly<Record<string, Layout>> = {
  "+": "line",
  "-": "line",
  ":": "line",
  "_": "line",
  "#": "line",
  ",": "line",
  "(": "line",
  "$": "blob",
  "=": "blob",
  "!": "blob",
  "*": "list",
  "~": "list",
  ">": "list",
  "%": "pairs",
  "|": "pairs",
};

/** The same by byte. */
const LAYOUT_OF: readonly (Layout | undefined)[] = Array.from(
  { length: 256 },
  (_, byte) => LAYOUTS[String.fromCharCode(byte)],
);

/** An aggregate of which some values have come. */
interface Open {
  readonly type: string;
  readonly items: RespValue[];
  /** How many values are still to come. */
  left: number;
}

/**
 * Takes replies of RESP2 and RESP3 off a stream.
 *
 * Values are taken as they come whole, onto a stack that is a list: what has come of a reply is held
 * once, no byte is looked at twice for the end of its line, and depth costs no recursion. Numbers are
 * strict: no spaces, no plus sign before an integer, no zero before its other digits, nothing behind it
 * but CR LF. An attribute belongs to the value that follows it. Streamed strings and aggregates (`$?`,
 * `*?`) are refused: no server sends them.
 *
 * @example
 * ```ts
 * import { BatchDecoder } from "@cortado/cortado/codec";
 * import { type RespValue, RespValueDecoder } from "@cortado/cortado/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const replies: RespValue[] = [];
 * const bytes = new TextEncoder().encode("*2\r\n:1\r\n#t\r\n");
 * new BatchDecoder(new RespValueDecoder()).push(bytes, replies);
 * assertEquals(replies, [
 *   { type: "array", items: [{ type: "integer", value: 1 }, { type: "boolean", value: true }] },
 * ]);
 * ```
 */
export class RespValueDecoder implements Decoder<RespValue> {
  readonly #limits: Required<RespValueLimits>;
  /** The aggregates that are open, the outermost first. */
  readonly #stack: Open[] = [];
  /** How many values the aggregates of this reply announced. */
  #elements = 0;
  /** How many of the waiting bytes were searched for the end of a line. */
  #searched = 0;
  /** The type of the bytes that come next, and how many they are when their length line has come. */
  #blobType = "";
  #blobSize = UNKNOWN;
  /** Where the reply begins in the stream. */
  #offset = 0;

  /**
   * Makes a decoder for one stream.
   *
   * @throws {RangeError} When a limit is not a whole number from 0.
   */
  constructor(limits: RespValueLimits = {}) {
    this.#limits = limitsOf(DEFAULT_RESP_VALUE_LIMITS, limits);
  }

  /**
   * Takes the next reply; `undefined` when it has not come whole.
   *
   * @throws {ProtocolError} `PROTOCOL` for what is no reply, `TOO_LARGE` for what exceeds a limit.
   */
  decode(input: Input): RespValue | undefined {
    while (input.length > 0) {
      if (!this.#inside) this.#begin(input);
      const before = input.start;
      const part = this.#blobSize === UNKNOWN ? this.#readLine(input) : this.#readBlob(input);
      const whole = part && this.#add(part);
      if (whole !== undefined) return whole;
      if (input.start === before) return undefined;
    }
    return undefined;
  }

  /**
   * Says that a reply was cut; nothing when the stream ended between replies.
   *
   * @throws {DecodeError} `CUT` when the stream ended inside a reply.
   */
  end(input: Input): undefined {
    if (!this.#inside && input.length === 0) return undefined;
    const size = input.offset + input.length - this.#offset;
    throw new DecodeError(
      "CUT",
      this.#offset,
      `Stream ended inside a reply: ${size} bytes of it, from offset ${this.#offset}, had come`,
    );
  }

  /** Whether part of a reply was taken. */
  get #inside(): boolean {
    return this.#stack.length > 0 || this.#blobSize !== UNKNOWN;
  }

  #begin(input: Input): void {
    this.#offset = input.offset;
    this.#elements = 0;
  }

  /** Takes a line: a value, or the head of one; `undefined` when it is a head, or has not come whole. */
  #readLine(input: Input): RespValue | undefined {
    const { bytes, start } = input;
    const layout = LAYOUT_OF[bytes[start]!];
    const type = String.fromCharCode(bytes[start]!);
    if (layout === undefined) throw this.#wrong(`no value begins with ${JSON.stringify(type)}`);
    const end = this.#findEnd(input);
    if (end === UNKNOWN) return undefined;
    if (!isCrlf(bytes, end)) throw this.#wrong("a line does not end in CR LF");
    this.#checkSize(input.offset + end + 2 - start);
    const value = layout === "line"
      ? this.#lineValue(type, bytes, start + 1, end)
      : this.#open(type, layout, bytes, start + 1, end);
    input.skip(end + 2 - start);
    this.#searched = 0;
    if (this.#blobSize !== UNKNOWN) this.#checkSize(input.offset + this.#blobSize + 2);
    return value;
  }

  /** Where the line that waits ends, at a CR or LF; -1 when its end has not come. */
  #findEnd({ bytes, start, end }: Input): number {
    const at = findLineEnd(bytes, start + this.#searched, end);
    this.#searched = at - start;
    if (this.#searched > MAX_LINE) throw this.#tooLarge("a line", this.#searched, MAX_LINE);
    return at === end || (bytes[at] === CR && at + 1 === end) ? UNKNOWN : at;
  }

  #lineValue(type: string, bytes: Uint8Array, from: number, to: number): RespValue {
    if (type === ":") return { type: "integer", value: this.#integer(bytes, from, to) };
    if (type === "+" && isOk(bytes, from, to)) return RESP_OK;
    const text = UTF8.decode(bytes.subarray(from, to));
    const value = lineValueOf(type, text);
    if (value === undefined) throw this.#wrong(`${JSON.stringify(type + text)} is no value`);
    return value;
  }

  /** Reads the head of a value: the value, when there is nothing behind it. */
  #open(
    type: string,
    layout: Layout,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): RespValue | undefined {
    if (bytes[from] === QUESTION_MARK) {
      throw this.#wrong(`streamed values (${type}?) are not supported`);
    }
    const length = Number(this.#integer(bytes, from, to)); // One that is not exact is over any limit.
    if (length === -1 && type === "$") return RESP_NULL;
    if (length === -1 && type === "*") return RESP_NULL_ARRAY;
    if (length < 0) throw this.#wrong(`the length ${length} of ${type} is negative`);
    if (layout !== "blob") {
      return this.#openAggregate(type, layout === "list" ? length : 2 * length);
    }
    this.#blobType = type;
    this.#blobSize = length;
    return undefined;
  }

  #openAggregate(type: string, count: number): RespValue | undefined {
    const { maxDepth, maxElements } = this.#limits;
    const left = type === "|" ? count + 1 : count; // The value that the attributes are of.
    const elements = this.#elements + left;
    if (elements > maxElements) {
      throw this.#tooLarge("the number of values", elements, maxElements, "maxElements");
    }
    this.#elements = elements;
    if (left === 0) return aggregateOf(type, []);
    const depth = this.#stack.length + 1;
    if (depth > maxDepth) throw this.#tooLarge("the depth", depth, maxDepth, "maxDepth");
    this.#stack.push({ type, items: [], left });
    return undefined;
  }

  /** Takes the bytes of an announced length; `undefined` when they have not come. */
  #readBlob(input: Input): RespValue | undefined {
    const size = this.#blobSize;
    if (input.length < size + 2) {
      input.need(size + 2);
      return undefined;
    }
    if (!isCrlf(input.bytes, input.start + size)) {
      throw this.#wrong(`CR LF is not where the length ${size} says`);
    }
    const bytes = input.take(size);
    input.skip(2);
    this.#blobSize = UNKNOWN;
    if (this.#blobType === "$") return { type: "bulk", bytes };
    return this.#blobType === "!" ? respError(UTF8.decode(bytes)) : this.#verbatim(bytes);
  }

  #verbatim(bytes: Uint8Array): RespValue {
    const format = String.fromCharCode(...bytes.subarray(0, FORMAT_SIZE - 1));
    if (bytes[FORMAT_SIZE - 1] !== COLON || !/^[\x20-\x7e]{3}$/.test(format)) {
      throw this.#wrong("a verbatim string does not begin with three characters and a colon");
    }
    return respVerbatim(format, bytes.subarray(FORMAT_SIZE));
  }

  /** Adds a value to the aggregate that is open, and closes what that completes; the reply when it is whole. */
  #add(part: RespValue): RespValue | undefined {
    let value = part;
    for (let open = this.#stack.at(-1); open !== undefined; open = this.#stack.at(-1)) {
      open.items.push(value);
      if (--open.left > 0) return undefined;
      this.#stack.pop();
      value = aggregateOf(open.type, open.items);
    }
    return value;
  }

  #integer(bytes: Uint8Array, from: number, to: number): number | bigint {
    const value = parseInteger(bytes, from, to);
    if (value !== undefined) return value;
    const text = UTF8.decode(bytes.subarray(from, to));
    throw this.#wrong(`${JSON.stringify(text)} is no integer of 64 bits`);
  }

  /** Checks how large the reply is when it goes on to `end` in the stream. */
  #checkSize(end: number): void {
    const size = end - this.#offset;
    const { maxSize } = this.#limits;
    if (size > maxSize) throw this.#tooLarge("the size", size, maxSize, "maxSize");
  }

  #wrong(message: string): ProtocolError {
    return this.#error("PROTOCOL", `Cannot decode reply at offset ${this.#offset}: ${message}`);
  }

  #tooLarge(what: string, value: number, limit: number, option?: string): ProtocolError {
    const named = option === undefined ? "" : ` (option ${option})`;
    return this.#error(
      "TOO_LARGE",
      `Cannot decode reply at offset ${this.#offset}: ${what}, ${value}, exceeds the limit ${limit}${named}`,
    );
  }

  #error(code: ErrorCode, message: string): ProtocolError {
    return new ProtocolError(code, this.#offset, message);
  }
}

function isOk(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === 2 && bytes[from] === 0x4f && bytes[from + 1] === 0x4b;
}

/** The value that a text after its type byte writes; `undefined` when it writes none. */
function lineValueOf(type: string, text: string): RespValue | undefined {
  switch (type) {
    case "+":
      return respSimple(text);
    case "-":
      return respError(text);
    case "_":
      return text === "" ? RESP_NULL : undefined;
    case "#":
      return text === "t" || text === "f" ? respBoolean(text === "t") : undefined;
    case "(":
      return /^(0|-?[1-9]\d*)$/.test(text) ? respBigNumber(BigInt(text)) : undefined;
    default: {
      const double = parseDouble(text);
      return double === undefined ? undefined : respDouble(double);
    }
  }
}

function aggregateOf(type: string, items: RespValue[]): RespValue {
  switch (type) {
    case "~":
      return { type: "set", items };
    case ">":
      return { type: "push", items };
    case "%":
      return { type: "map", entries: pairsOf(items) };
    case "|": {
      const value = items.pop()!;
      return { type: "attribute", entries: pairsOf(items), value };
    }
    default:
      return { type: "array", items };
  }
}

function pairsOf(items: readonly RespValue[]): RespEntry[] {
  return Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i]!, items[2 * i + 1]!]);
}
