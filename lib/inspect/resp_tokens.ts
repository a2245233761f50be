/**
 * Bytes of RESP to lines and blobs, whatever they mean.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import { parseInteger } from "../model/mod.ts";
import type { Direction } from "./item.ts";

/** A line, or the bytes of an announced length with their CR LF. */
export interface Token {
  /** Where it begins in its frame. */
  readonly at: number;
  /** How many bytes it takes, with its end. */
  readonly size: number;
  /** The type byte: `*`, `$`; empty for the bytes of an announced length and for an inline request. */
  readonly type: string;
  /** How deep it is inside aggregates. */
  readonly depth: number;
}

/** Why bytes are no RESP. */
export class TokenError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "TokenError";
}

/** How large a frame may be. */
export interface TokenLimits {
  /** The longest blob, in bytes. */
  readonly maxBlobSize: number;
  /** How many tokens are kept of a frame. */
  readonly maxTokens: number;
  /** How many bytes of a frame are waited for. */
  readonly maxHeld: number;
}

const LF = 0x0a;
const CR = 0x0d;
const MAX_LINE = 65_536;
const MAX_DEPTH = 128;
const WHITE = "\t\n\v\f\r";
const LISTS = "*~>";
const PAIRS = "%|";
const BLOBS = "$=!";
const LINES = "+-:_#,(";

/** Finds where a frame ends, as its bytes come. No byte is looked at twice. */
export class TokenReader {
  readonly #limits: TokenLimits;
  readonly #direction: Direction;
  /** The tokens of the frame so far, the first `maxTokens` of them. */
  tokens: Token[] = [];
  /** How many more there were. */
  left = 0;
  #at = 0;
  #from = 0;
  #searched = 0;
  #blob = -1;
  /** How many values are still to come, of each aggregate that is open. */
  #open: number[] = [];

  /** Makes it for the frames of one stream. */
  constructor(direction: Direction, limits: TokenLimits) {
    this.#direction = direction;
    this.#limits = limits;
  }

  /** How many bytes of the frame have come as whole tokens. */
  get size(): number {
    return this.#at;
  }

  /** The beginning of a blob that has not come whole, as a token of all that waits of `length` bytes. */
  partOf(length: number): Token | undefined {
    const size = length - this.#at;
    if (this.#blob < 0 || size <= 0) return undefined;
    return { at: this.#at, size, type: "", depth: this.#open.length };
  }

  /** Where the token began that was read last, whole or not. */
  get lastAt(): number {
    return this.#from;
  }

  /** Whether the frame consists of nothing but the end of a line. */
  get isBlank(): boolean {
    const [token] = this.tokens;
    return token !== undefined && token.type === "" && token.size <= 2;
  }

  /** Forgets the frame. */
  reset(): void {
    this.tokens = [];
    this.left = 0;
    this.#at = this.#searched = 0;
    this.#blob = -1;
    this.#open = [];
  }

  /**
   * Reads on; true when the frame is whole, which waits at the front of `input`.
   *
   * @throws {TokenError} When the bytes cannot be a frame.
   */
  read(input: Input): boolean {
    for (;;) {
      this.#from = this.#at;
      const done = this.#step(input);
      if (done === undefined) return false;
      if (done) return true;
    }
  }

  /**
   * Reads on to the end of a frame that is not shown any further, and takes what is read; true when that
   * has come.
   *
   * @throws {TokenError} When the bytes cannot be a frame.
   */
  pass(input: Input): boolean {
    for (;;) {
      input.skip(this.#at);
      this.#searched = Math.max(0, this.#searched - this.#at);
      this.#at = this.#from = 0;
      const passed = Math.min(Math.max(0, this.#blob), input.length);
      this.#blob -= passed;
      input.skip(passed);
      const done = this.#blob > 0 ? undefined : this.#step(input);
      if (done === undefined) return false;
      if (!done) continue;
      input.skip(this.#at);
      this.reset();
      return true;
    }
  }

  /** True when that ends the frame, false when more of it follows, `undefined` when more must come. */
  #step(input: Input): boolean | undefined {
    return this.#blob >= 0 ? this.#readBlob(input) : this.#readLine(input);
  }

  /** The same of the bytes of an announced length. */
  #readBlob(input: Input): boolean | undefined {
    const size = this.#blob + 2;
    if (input.length < this.#at + size) {
      input.need(Math.min(this.#at + size, this.#limits.maxHeld));
      return undefined;
    }
    const end = input.start + this.#at + this.#blob;
    if (input.bytes[end] !== CR || input.bytes[end + 1] !== LF) {
      throw new TokenError(
        `CR LF is not where the length ${this.#blob} says: it was counted wrong, or bytes are missing`,
      );
    }
    this.#add(size, "");
    this.#blob = -1;
    return this.#complete();
  }

  #readLine(input: Input): boolean | undefined {
    const { bytes, start, end } = input;
    const from = start + this.#at;
    if (from >= end) return undefined;
    const type = String.fromCharCode(bytes[from]!);
    this.#checkType(type);
    this.#searched = Math.max(this.#searched, this.#at);
    const found = bytes.subarray(start + this.#searched, end).indexOf(LF);
    const lineEnd = found < 0 ? end : start + this.#searched + found;
    if (lineEnd - from > MAX_LINE) throw new TokenError(`no line ends within ${MAX_LINE} bytes`);
    this.#searched = lineEnd - start;
    if (found < 0) return undefined;
    const isInline = this.#isInline(type);
    const size = lineEnd + 1 - from;
    if (!isInline && (size < 2 || bytes[lineEnd - 1] !== CR)) {
      throw new TokenError("a line ends in LF alone, not in CR LF");
    }
    this.#add(size, isInline ? "" : type);
    if (isInline) return true;
    return this.#openLine(type, bytes, from + 1, lineEnd - 1);
  }

  #isInline(type: string): boolean {
    return this.#direction === "request" && this.#open.length === 0 && type !== "*";
  }

  #checkType(type: string): void {
    if (this.#isInline(type)) {
      if (type < " " && !WHITE.includes(type) || type > "~") {
        throw new TokenError(`no request begins with ${JSON.stringify(type)}`);
      }
      return;
    }
    const expected = this.#direction === "request"
      ? (this.#open.length === 0 ? "*" : "$")
      : LISTS + PAIRS + BLOBS + LINES;
    if (expected.includes(type)) return;
    const what = this.#direction === "request" ? "an argument begins with $" : "no value begins so";
    throw new TokenError(`found ${JSON.stringify(type)}: ${what}`);
  }

  #openLine(type: string, bytes: Uint8Array, from: number, to: number): boolean {
    if (LINES.includes(type)) return this.#complete();
    const parsed = parseInteger(bytes, from, to);
    if (parsed === undefined) {
      const text = String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 32)));
      throw new TokenError(`${JSON.stringify(type + text)} has no length`);
    }
    const length = Number(parsed);
    if (length < 0) return this.#complete(); // No value.
    if (BLOBS.includes(type)) {
      const { maxBlobSize } = this.#limits;
      if (length > maxBlobSize) throw new TokenError(`the length ${length} is over ${maxBlobSize}`);
      this.#blob = length;
      return false;
    }
    const values = PAIRS.includes(type) ? 2 * length + (type === "|" ? 1 : 0) : length;
    if (values === 0) return this.#complete();
    if (this.#open.length === MAX_DEPTH) {
      throw new TokenError(`it is over ${MAX_DEPTH} values deep`);
    }
    this.#open.push(values);
    return false;
  }

  /** Closes what a value completes; true when that is the frame. */
  #complete(): boolean {
    while (this.#open.length > 0) {
      if (--this.#open[this.#open.length - 1]! > 0) return false;
      this.#open.pop();
    }
    return true;
  }

  #add(size: number, type: string): void {
    const token = { at: this.#at, size, type, depth: this.#open.length };
    if (this.tokens.length < this.#limits.maxTokens) this.tokens.push(token);
    else this.left++;
    this.#at += size;
  }
}
