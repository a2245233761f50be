/**
 * Bytes that are written in hex.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import { DecodeError, type Decoder } from "../codec/mod.ts";

const LF = 0x0a;
/** The longest line, in bytes. */
const MAX_LINE = 16_777_216;
/** How many bytes all `*` of a stream may stand for: they take one byte of text each. */
const MAX_REPEATED = 67_108_864;

/** `00000010: cafe 0101  ..` of xxd, `0x0010:  cafe 0101` of tcpdump. */
const WITH_COLON = /^(?:0x)?([0-9a-f]{4,16}):\s+((?:[0-9a-f]{2,} )*[0-9a-f]{2,})(?: .*)?$/i;
/**
 * `00000010  ca fe 01 01  |....|` of hexdump -C, `0010   ca fe   ..` of Wireshark, `000010 ca fe` of od. One
 * space is enough behind six digits: four and a space may be two bytes of a plain text.
 */
const WITHOUT_COLON =
  /^(?:0x)?([0-9a-f]{4,16})(?:\s{2,}|(?<=[0-9a-f]{6}) )((?:[0-9a-f]{2} {1,2})*[0-9a-f]{2})(?: {3,}.*| +[|>].*)?$/i;
/** The last line of hexdump -C and od: where the bytes end. */
const END = /^([0-9a-f]{4,16})$/i;
/** What is an offset also where a part of a dump begins. */
const SURE = /^(?:0x)?[0-9a-f]{4,16}:\s|^[0-9a-f]{7,16} {2}/i;

/**
 * Takes lines of hex off a stream of text: the dumps of docs/cafe.md, with `;` before a comment; what xxd,
 * hexdump -C, od -A x -t x1, tcpdump -x and Wireshark print; hex digits with or without `0x`, spaces, commas
 * and colons between bytes.
 *
 * @example
 * ```ts
 * import { BatchDecoder } from "@cortado/cortado/codec";
 * import { HexDecoder } from "@cortado/cortado/inspect";
 * import { assertEquals } from "@std/assert";
 *
 * const found: Uint8Array[] = [];
 * const decoder = new BatchDecoder(new HexDecoder());
 * decoder.push(new TextEncoder().encode("ca fe  ; magic\n01\n"), found);
 * decoder.end(found);
 * assertEquals(found.map((bytes) => bytes.toHex()), ["cafe", "01"]);
 * ```
 */
export class HexDecoder implements Decoder<Uint8Array> {
  #line = 0;
  #searched = 0;
  /** The bytes of the last line that had an offset. */
  #last: Uint8Array = new Uint8Array();
  /** The offset of the next line; `undefined` when lines have none. */
  #next: number | undefined = undefined;
  /** Whether no bytes have come yet. */
  #isFirst = true;
  /** Whether a `*` stands for lines like the last one. */
  #repeats = false;
  /** How many bytes a `*` has stood for. */
  #repeated = 0;

  /**
   * Takes the bytes of the next line that has some.
   *
   * @throws {DecodeError} `HEX` when a line is no hex.
   */
  decode(input: Input): Uint8Array | undefined {
    for (;;) {
      const { bytes, start, end, length } = input;
      const found = bytes.subarray(start + this.#searched, end).indexOf(LF);
      this.#searched = found < 0 ? length : this.#searched + found;
      if (this.#searched > MAX_LINE) throw this.#error(input, `it is over ${MAX_LINE} bytes long`);
      if (found < 0) return undefined;
      const read = this.#takeLine(input, this.#searched, 1);
      if (read.length > 0) return read;
    }
  }

  /** Takes the last line, which may have no end. */
  end(input: Input): Uint8Array | undefined {
    const read = this.decode(input) ??
      (input.length > 0 ? this.#takeLine(input, input.length, 0) : undefined);
    return read === undefined || read.length === 0 ? undefined : read;
  }

  #takeLine(input: Input, size: number, end: number): Uint8Array {
    this.#line++;
    const text = new TextDecoder().decode(input.bytes.subarray(input.start, input.start + size));
    const bytes = this.#read(text.replace(/;.*$|\r$/s, "").trim(), input);
    input.skip(size + end);
    this.#searched = 0;
    return bytes;
  }

  #read(line: string, input: Input): Uint8Array {
    if (line === "" || line.startsWith("```")) return new Uint8Array();
    if (line === "*") {
      this.#repeats = true;
      return new Uint8Array();
    }
    const [, offset = "", digits = ""] = matchOffset(line) ?? [];
    const isOffset = offset !== "" && this.#isOffset(line, offset, digits, input);
    this.#isFirst = false;
    return isOffset
      ? this.#placed(Number.parseInt(offset, 16), digits, input)
      : this.#digits(line, input);
  }

  /** Whether digits before bytes are their offset: the first is 0, and the next are where the bytes end. */
  #isOffset(line: string, offset: string, digits: string, input: Input): boolean {
    if (SURE.test(line)) return true;
    const at = Number.parseInt(offset, 16);
    if (this.#next === undefined) return this.#isFirst && at === 0 && digits !== "";
    if (at === this.#next || this.#repeats) return true;
    if (digits === "") return false;
    if (at === 0) return true; // Another dump.
    const end = this.#next.toString(16);
    throw this.#error(input, `its offset is ${offset}, and the bytes before it end at ${end}`);
  }

  /** A line with its offset, and the lines that a `*` before it stands for. */
  #placed(at: number, digits: string, input: Input): Uint8Array {
    const bytes = this.#digits(digits, input);
    const missing = this.#repeats ? at - (this.#next ?? 0) : 0;
    if (missing < 0 || (missing > 0 && this.#last.length === 0)) {
      throw this.#error(input, `a * before it cannot stand for ${missing} bytes`);
    }
    this.#repeated += missing;
    if (this.#repeated > MAX_REPEATED) {
      const many = `${this.#repeated} bytes, over the limit ${MAX_REPEATED}`;
      throw this.#error(input, `what * stands for comes to ${many}`);
    }
    const whole = new Uint8Array(missing + bytes.length);
    for (let to = 0; to < missing; to++) whole[to] = this.#last[to % this.#last.length]!;
    whole.set(bytes, missing);
    this.#repeats = false;
    this.#next = at + bytes.length;
    this.#last = bytes;
    return whole;
  }

  #digits(text: string, input: Input): Uint8Array {
    const digits = text.replace(/0x|[\s,:]/gi, "");
    if (/^(?:[0-9a-f]{2})*$/i.test(digits)) return Uint8Array.fromHex(digits);
    const shown = JSON.stringify(text.trim().slice(0, 40));
    throw this.#error(input, `${shown} is not an even number of hex digits`);
  }

  #error(input: Input, why: string): DecodeError {
    const line = Math.max(1, this.#line);
    return new DecodeError("HEX", input.offset, `Cannot read hex at line ${line}: ${why}`);
  }
}

/** What may be an offset and the bytes behind it. */
function matchOffset(line: string): RegExpExecArray | null {
  return WITH_COLON.exec(line) ?? WITHOUT_COLON.exec(line) ?? END.exec(line);
}

/** Whether text looks like hex, by its first line that is not empty. */
export function looksLikeHex(text: string): boolean {
  const lines = text.split("\n").map((line) => line.replace(/;.*$|\r$/s, "").trim());
  const first = lines.find((line) => line !== "" && !line.startsWith("```")) ?? "";
  if (matchOffset(first) !== null) return true;
  const digits = first.replace(/0x|[\s,:]/gi, "");
  // The last line of `text` may be cut inside a byte.
  return digits.length >= 2 && /^[0-9a-f]+$/i.test(digits) &&
    (digits.length % 2 === 0 || lines.length === 1);
}
