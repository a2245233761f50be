/**
 * Requests of RESP: arrays of bulk strings, and inline commands.
 *
 * @module
 */

import { type Input, NO_BYTES } from "../bytes/mod.ts";
import { DecodeError, type Decoder } from "../codec/mod.ts";
import { type ErrorCode, parseInteger, ProtocolError } from "../model/mod.ts";
import { CR, findLineEnd, isCrlf, LF } from "./ascii.ts";
import { isHttp, splitInline } from "./inline.ts";
import { limitsOf } from "./limits.ts";
import { copyArguments } from "./pending_arguments.ts";

/**
 * The arguments of one request, the command's name first; views of the stream that stay unchanged. Requests
 * with the same name may share a copy of it. Never empty.
 */
export type RespCommand = readonly Uint8Array[];

/** Limits that a {@linkcode RespRequestDecoder} checks before it waits for what is announced. */
export interface RespRequestLimits {
  /** The longest argument, in bytes. Default 536,870,912 (512 MiB), as Redis' `proto-max-bulk-len`. */
  readonly maxBulkSize?: number;
  /**
   * The most arguments of a request. Default 2,147,483,647, as Redis. Arguments take memory as they come,
   * not as they are announced, each about 120 bytes more than its own.
   */
  readonly maxArguments?: number;
  /** In how many bytes the end of an inline command or of a length line must stand. Default 65,536. */
  readonly maxInlineSize?: number;
}

/** The limits where none are given: those of Redis 7. */
export const DEFAULT_RESP_REQUEST_LIMITS: Required<RespRequestLimits> = {
  maxBulkSize: 536_870_912,
  maxArguments: 2_147_483_647,
  maxInlineSize: 65_536,
};

/** The most arguments of a request while the connection is not authenticated. */
export const UNAUTHENTICATED_MAX_ARGUMENTS = 10;

/** The longest argument while the connection is not authenticated, in bytes. */
export const UNAUTHENTICATED_MAX_BULK_SIZE = 16_384;

const ASTERISK = 0x2a;
const DOLLAR = 0x24;
const ZERO = 0x30;
const UNKNOWN = -1;
/** A request of so many arguments is taken at once. */
const MAX_SMALL = 4;

/**
 * Takes the requests of a Redis client off a stream.
 *
 * Arguments are taken one by one as they come whole: what has come of a request is held once, however
 * many bytes it announces. No byte is looked at twice for the end of its line. Requests without arguments
 * (`*0`, `*-1`, an empty line) are skipped silently.
 *
 * The messages of its errors are those of Redis, without `-ERR `. It is stricter than Redis, which takes
 * any two bytes after an argument and any byte after the CR of a length line: here they must be CR LF, so
 * that a length which was counted wrong is told instead of read as something else. A length line that
 * ends in LF alone is an invalid length at once, where Redis waits for a CR.
 *
 * @example
 * ```ts
 * // INPUT    *2 CRLF $3 CRLF GET CRLF $1 CRLF k CRLF | GET "a key" LF
 * // DECODED  GET, k                                    GET, a key
 * import { BatchDecoder } from "@cortado/cortado/codec";
 * import { type RespCommand, RespRequestDecoder } from "@cortado/cortado/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const commands: RespCommand[] = [];
 * const input = '*2\r\n$3\r\nGET\r\n$1\r\nk\r\nGET "a key"\n';
 * new BatchDecoder(new RespRequestDecoder()).push(new TextEncoder().encode(input), commands);
 * const texts = commands.map((command) => command.map((bytes) => new TextDecoder().decode(bytes)));
 * assertEquals(texts, [["GET", "k"], ["GET", "a key"]]);
 * ```
 */
export class RespRequestDecoder implements Decoder<RespCommand> {
  /**
   * Whether large requests are taken. While it is false, a request may have
   * {@linkcode UNAUTHENTICATED_MAX_ARGUMENTS} arguments of {@linkcode UNAUTHENTICATED_MAX_BULK_SIZE}
   * bytes. Default true. See {@linkcode RespRequestDecoder.held}.
   */
  authenticated = true;
  readonly #limits: Required<RespRequestLimits>;
  /** The arguments of the request that have come. */
  #arguments: Uint8Array[] = [];
  /** How many of them are no views of the stream. */
  #copied = 0;
  /** How many arguments are still to come; 0 between requests. */
  #left = 0;
  /** How long the next argument is, when its length line has come. */
  #size = UNKNOWN;
  /** How many of the waiting bytes were searched for the end of a line. */
  #searched = 0;
  /** Where the request begins in the stream. */
  #offset = 0;
  #held = false;
  /** The name of the last small request. */
  #name: Uint8Array = NO_BYTES;
  /** Where its arguments were, and how long. */
  readonly #places = new Int32Array(2 * MAX_SMALL);

  /**
   * Makes a decoder for one stream.
   *
   * @throws {RangeError} When a limit is not a whole number from 0.
   */
  constructor(limits: RespRequestLimits = {}) {
    this.#limits = limitsOf(DEFAULT_RESP_REQUEST_LIMITS, limits);
  }

  /**
   * What it waits for: the first byte of a request, the end of a line that says how much comes, or the
   * rest of an argument.
   */
  get state(): "Idle" | "Header" | "Body" {
    if (this.#size !== UNKNOWN) return "Body";
    return this.#left > 0 || this.#searched > 0 ? "Header" : "Idle";
  }

  /**
   * Whether the next request exceeds what an unauthenticated connection may send, and waits for what
   * becomes of the requests before it: one of them may be an AUTH that came in the same chunk. The decoder
   * has returned `undefined`; its next call takes the request when `authenticated` is true by then, and
   * throws when it is not. Whoever drives it carries out the requests before, and then pushes an empty
   * chunk.
   */
  get held(): boolean {
    return this.#held;
  }

  /** Whether it keeps views of the stream, for a request that has not come whole. */
  get keepsViews(): boolean {
    return this.#arguments.length > this.#copied;
  }

  /**
   * Takes the next request; `undefined` when it has not come whole, or is {@linkcode held}.
   *
   * @throws {ProtocolError} `PROTOCOL` for what is no request, `TOO_LARGE` for what exceeds a limit.
   */
  decode(input: Input): RespCommand | undefined {
    while (input.length > 0) {
      if (this.#left === 0) {
        this.#offset = input.offset;
        if (input.bytes[input.start] !== ASTERISK) {
          const command = this.#readInline(input);
          if (command === undefined || command.length > 0) return command;
          continue;
        }
        const small = this.#takeSmall(input);
        if (small !== undefined) return small;
        if (!this.#readCount(input)) return undefined;
        if (this.#left === 0) continue;
      }
      if (!this.#readArguments(input)) {
        this.#copied = copyArguments(this.#arguments, this.#copied);
        return undefined;
      }
      const command = this.#arguments;
      this.#arguments = [];
      this.#copied = 0;
      return command;
    }
    return undefined;
  }

  /**
   * Takes a request that was {@linkcode held}, and those behind it; nothing when the stream ended between
   * requests.
   *
   * @throws {DecodeError} `CUT` when the stream ended inside a request: Redis closes then without a reply.
   * @throws {ProtocolError} What `decode` throws.
   */
  end(input: Input): RespCommand | undefined {
    const command = this.decode(input) ?? (this.#held ? this.decode(input) : undefined);
    if (command !== undefined || (this.#left === 0 && input.length === 0)) return command;
    const size = input.offset + input.length - this.#offset;
    throw new DecodeError(
      "CUT",
      this.#offset,
      `Stream ended inside a request: ${size} bytes of it, from offset ${this.#offset}, had come`,
    );
  }

  /**
   * Takes a request of one to four arguments of 1 to 99 bytes that has come whole, which most are; `undefined`
   * when it is another. The array has their number, and a name that was the last one's as well is the same
   * object: a GET takes a third less memory so, and a fifth less time.
   */
  #takeSmall(input: Input): RespCommand | undefined {
    const { bytes, start, end } = input;
    const count = bytes[start + 1]! - ZERO;
    const { maxArguments, maxBulkSize } = this.#limits;
    if (!(count >= 1 && count <= MAX_SMALL) || count > maxArguments) return undefined;
    if (this.#searched > 0 || end - start < 4 || !isCrlf(bytes, start + 2)) return undefined;
    const places = this.#places;
    let at = start + 4;
    for (let i = 0; i < count; i++) {
      if (end - at < 6 || bytes[at] !== DOLLAR) return undefined;
      let size = bytes[at + 1]! - ZERO;
      if (size < 1 || size > 9) return undefined;
      at += 2;
      if (bytes[at] !== CR) {
        const digit = bytes[at++]! - ZERO;
        if (digit < 0 || digit > 9) return undefined;
        size = 10 * size + digit;
      }
      if (!isCrlf(bytes, at) || size > maxBulkSize) return undefined;
      at += 2;
      if (end - at < size + 2 || !isCrlf(bytes, at + size)) return undefined;
      places[2 * i] = at - start;
      places[2 * i + 1] = size;
      at += size + 2;
    }
    const name = this.#takeName(input, places[0]!, places[1]!);
    if (count === 1) return [name];
    const first = takeAt(input, start + places[2]!, places[3]!);
    if (count === 2) return [name, first];
    const second = takeAt(input, start + places[4]!, places[5]!);
    if (count === 3) return [name, first, second];
    return [name, first, second, takeAt(input, start + places[6]!, places[7]!)];
  }

  /** Takes the first argument, which begins so many bytes behind the start. */
  #takeName(input: Input, from: number, size: number): Uint8Array {
    const { bytes, start } = input;
    const last = this.#name;
    let same = size === last.length;
    for (let i = 0; same && i < size; i++) same = bytes[start + from + i] === last[i];
    input.skip(from);
    if (same) input.skip(size);
    else this.#name = input.take(size).slice(); // A view would keep its block for as long as the connection.
    input.skip(2);
    return this.#name;
  }

  /** Reads `*N`; false when the line has not come whole, or is held. A count below 1 is no request. */
  #readCount(input: Input): boolean {
    const most = Math.min(this.#limits.maxArguments, UNAUTHENTICATED_MAX_ARGUMENTS);
    const short = this.#takeShort(input, ASTERISK, most);
    if (short > 0) {
      this.#left = short;
      return true;
    }
    const end = this.#findLength(input, "too big mbulk count string");
    if (end < 0) return false;
    const count = lengthAt(input, end);
    if (count === undefined) throw this.#error("PROTOCOL", "invalid multibulk length");
    if (count > this.#limits.maxArguments) throw this.#tooLarge("invalid multibulk length");
    const over = count > UNAUTHENTICATED_MAX_ARGUMENTS;
    if (this.#holds(over, "unauthenticated multibulk length")) return false;
    this.#takeLine(input, end);
    this.#left = Math.max(0, count);
    return true;
  }

  /** Takes the arguments that have come; false when there are more to come. */
  #readArguments(input: Input): boolean {
    while (this.#left > 0) {
      if (this.#size === UNKNOWN && !this.#readSize(input)) return false;
      const size = this.#size;
      if (input.length < size + 2) {
        input.need(size + 2);
        return false;
      }
      if (!isCrlf(input.bytes, input.start + size)) {
        throw this.#error("PROTOCOL", "expected CRLF after a bulk string");
      }
      this.#arguments.push(input.take(size));
      input.skip(2);
      this.#size = UNKNOWN;
      this.#left--;
    }
    return true;
  }

  /** Reads `$N`; false when the line has not come whole, or is held. */
  #readSize(input: Input): boolean {
    const short = this.#takeShort(input, DOLLAR, this.#limits.maxBulkSize);
    if (short > 0) {
      this.#size = short;
      return true;
    }
    const end = this.#findLength(input, "too big bulk count string");
    if (end < 0) return false;
    const type = input.bytes[input.start]!;
    if (type !== DOLLAR) {
      throw this.#error("PROTOCOL", `expected '$', got '${String.fromCharCode(type)}'`);
    }
    const size = lengthAt(input, end);
    if (size === undefined || size < 0) throw this.#error("PROTOCOL", "invalid bulk length");
    if (size > this.#limits.maxBulkSize) throw this.#tooLarge("invalid bulk length");
    const over = size > UNAUTHENTICATED_MAX_BULK_SIZE;
    if (this.#holds(over, "unauthenticated bulk length")) return false;
    this.#takeLine(input, end);
    this.#size = size;
    return true;
  }

  /** The arguments of a line, none when it is empty; `undefined` when it has not come whole. */
  #readInline(input: Input): Uint8Array[] | undefined {
    const { bytes, start, end } = input;
    const found = bytes.subarray(start + this.#searched, end).indexOf(LF);
    this.#searched = found < 0 ? end - start : this.#searched + found;
    this.#checkSearched("too big inline request");
    if (found < 0) return undefined;
    const size = this.#searched;
    const line = input.take(size);
    input.skip(1);
    this.#searched = 0;
    // Every record of TLS has one, and most protocols that are not text. What stands behind the end of the
    // line may be somebody else's to choose, as the session that a ClientHello would resume.
    if (line.includes(0)) throw this.#foreign("an inline request with a NUL byte");
    const command = splitInline(line[size - 1] === CR ? line.subarray(0, size - 1) : line);
    if (command === undefined) throw this.#error("PROTOCOL", "unbalanced quotes in request");
    if (isHttp(command)) throw this.#foreign("an HTTP request");
    return command;
  }

  /** Where the length line ends that waits, at a CR or LF; -1 when its end has not come. */
  #findLength(input: Input, tooBig: string): number {
    const { bytes, start, end } = input;
    const at = findLineEnd(bytes, start + this.#searched, end);
    this.#searched = at - start;
    this.#checkSearched(tooBig);
    return at === end || (bytes[at] === CR && at + 1 === end) ? -1 : at;
  }

  /** Takes a length line of 1 to 99, which most are: it costs a third less so. 0 when it is another. */
  #takeShort(input: Input, type: number, most: number): number {
    const { bytes, start, end } = input;
    if (end - start < 5 || bytes[start] !== type) return 0;
    let length = bytes[start + 1]! - ZERO;
    if (length < 1 || length > 9) return 0;
    let at = start + 2;
    if (bytes[at] !== CR) {
      const digit = bytes[at++]! - ZERO;
      if (digit < 0 || digit > 9) return 0;
      length = 10 * length + digit;
    }
    if (!isCrlf(bytes, at) || length > most) return 0;
    this.#takeLine(input, at);
    return length;
  }

  #takeLine(input: Input, end: number): void {
    input.skip(end + 2 - input.start);
    this.#searched = 0;
  }

  #checkSearched(tooBig: string): void {
    if (this.#searched > this.#limits.maxInlineSize) throw this.#tooLarge(tooBig);
  }

  /** Whether to wait for the requests before, which is done once. */
  #holds(over: boolean, message: string): boolean {
    const refused = over && !this.authenticated;
    if (refused && this.#held) throw this.#tooLarge(message);
    this.#held = refused;
    return refused;
  }

  #foreign(what: string): ProtocolError {
    return this.#error("PROTOCOL", `${what} (possible cross-protocol attack)`);
  }

  #tooLarge(message: string): ProtocolError {
    return this.#error("TOO_LARGE", message);
  }

  #error(code: ErrorCode, message: string): ProtocolError {
    return new ProtocolError(code, this.#offset, `Protocol error: ${message}`);
  }
}

/** Takes an argument that begins at a place, and its CRLF. */
function takeAt(input: Input, from: number, size: number): Uint8Array {
  input.skip(from - input.start);
  const argument = input.take(size);
  input.skip(2);
  return argument;
}

/** The number between the type byte that waits first and the end of its line, which must be CR LF. */
function lengthAt({ bytes, start }: Input, end: number): number | undefined {
  if (!isCrlf(bytes, end)) return undefined;
  const length = parseInteger(bytes, start + 1, end);
  return length === undefined ? undefined : Number(length); // One that is not exact is over any limit.
}
