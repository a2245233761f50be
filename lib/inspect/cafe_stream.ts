/**
 * A stream of CAFE to frames, and on behind what is damaged.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import { describeForeign, JAVA_VERSION } from "../cafe/foreign.ts";
import { extensionSize, Head, HEADER_SIZE, PROTOCOL_VERSION, RESERVED_FLAGS } from "../cafe/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import { type FrameOptions, FrameView, headFields, namesOf } from "./cafe_frame.ts";
import type { Exchange } from "./exchange.ts";
import type { Damage, InspectedField, Item, Resumed } from "./item.ts";
import { maySayPassword, quote } from "./printable.ts";

/** What a stream of CAFE is read with. */
export interface CafeStreamOptions extends FrameOptions {
  /** The longest value that is taken for one, in bytes. */
  readonly maxValueSize: number;
}

const MAGIC_HIGH = 0xca;
const MAGIC_LOW = 0xfe;
/** So many of damaged bytes are told. */
const SHOWN = 16;
/** So many times its size is read again inside a damaged frame, of what seem to be frames one in the other. */
const MOST_INSIDE = 4;
/** What the next frame is found by: its magic and its version. */
const MARK = Uint8Array.of(MAGIC_HIGH, MAGIC_LOW, PROTOCOL_VERSION);

/** Takes frames off a stream of CAFE, of either direction or both, and never throws. */
export class CafeStream implements Decoder<readonly Item[]> {
  readonly #exchange: Exchange;
  readonly #options: CafeStreamOptions;
  readonly #head = new Head();
  /** Where bytes began that are skipped; `undefined` while frames follow one another. */
  #lostAt: number | undefined = undefined;
  /** Whether nothing need be told when no other frame is found. */
  #lostQuietly = false;
  /** Where it goes on, to be told with the next frame. */
  #resumed: Resumed | undefined = undefined;
  #hasEnded = false;
  /** How many bytes of a frame are still to come that was told before it came whole. */
  #left = 0;
  /** Where the outermost damaged frame ends, and how many bytes may still be read again inside. */
  #damaged = { end: 0, left: 0 };

  /** Makes it for one stream, which begins inside a frame when `isLost`; its directions share an exchange. */
  constructor(exchange: Exchange, options: CafeStreamOptions, isLost = false) {
    if (isLost) this.#lostAt = 0;
    this.#exchange = exchange;
    this.#options = options;
  }

  /** Takes the next frame, or what is damaged; `undefined` when it has not come whole. */
  decode(input: Input): readonly Item[] | undefined {
    if (this.#lostAt !== undefined && !this.#search(input)) return undefined;
    if (this.#left > 0) {
      const passed = Math.min(this.#left, input.length);
      input.skip(passed);
      this.#left -= passed;
    }
    return this.#withResumed(this.#next(input));
  }

  /** Takes a frame that was cut by the end, and looks for others in what it seems to hold. */
  end(input: Input): readonly Item[] | undefined {
    this.#hasEnded = true;
    if (this.#lostAt !== undefined && !this.#search(input)) return this.#endLost(input);
    if (input.length === 0) return undefined;
    return this.#withResumed(this.#next(input) ?? this.#cut(input));
  }

  #withResumed(item: Item | undefined): readonly Item[] | undefined {
    if (item === undefined) return undefined;
    const resumed = this.#resumed;
    this.#resumed = undefined;
    return resumed === undefined ? [item] : [resumed, item];
  }

  #next(input: Input): Item | undefined {
    const { bytes, start, length } = input;
    if (length === 0) return undefined;
    const isMagic = bytes[start] === MAGIC_HIGH && (length < 2 || bytes[start + 1] === MAGIC_LOW);
    if (!isMagic || (length > 2 && bytes[start + 2] === JAVA_VERSION)) return this.#foreign(input);
    if (length < HEADER_SIZE) {
      input.need(length < 3 ? length + 1 : HEADER_SIZE);
      return undefined;
    }
    return this.#takeFrame(input);
  }

  #takeFrame(input: Input): Item | undefined {
    const { bytes, start, length } = input;
    const head = this.#head;
    head.readHeader(bytes, start);
    const size = HEADER_SIZE + extensionSize(head.flags);
    if (head.flags & RESERVED_FLAGS) {
      const names = namesOf(head.flags & RESERVED_FLAGS);
      return this.#damage(input, `flag ${names} is set, so that the end of the frame is not known`);
    }
    if (head.valueLength > this.#options.maxValueSize) {
      const guess = guessLength(head, bytes.subarray(start, start + HEADER_SIZE));
      const most = this.#options.maxValueSize;
      return this.#damage(input, `value_len ${head.valueLength} is over ${most}: ${guess}`);
    }
    if (length < size) {
      input.need(size);
      return undefined;
    }
    head.readExtensions(bytes, start + HEADER_SIZE);
    if (length >= head.frameSize) return this.#whole(input);
    if (length >= this.#options.maxHeld) return this.#long(input);
    input.need(Math.min(head.frameSize, this.#options.maxHeld));
    return undefined;
  }

  #whole(input: Input): Item {
    const head = this.#head;
    const { bytes, start, end, offset } = input;
    const frame = bytes.subarray(start, start + head.frameSize);
    const view = new FrameView(head, frame, offset, this.#options);
    const next = start + head.frameSize;
    const isFollowed = next + 1 >= end ||
      (bytes[next] === MAGIC_HIGH && bytes[next + 1] === MAGIC_LOW);
    const looksInside = view.isDamaged && !isFollowed && this.#looksInside(offset, frame.length);
    const inside = looksInside ? indexOfMark(frame, HEADER_SIZE) : -1;
    if (inside < 0) {
      input.skip(head.frameSize);
      return view.inspect(this.#exchange);
    }
    input.skip(inside); // Its lengths may be damaged too.
    const fault = `no frame follows it, and one seems to begin inside, at ${offset + inside}`;
    return view.inspect(this.#exchange, [fault]);
  }

  /** Whether what a damaged frame holds is read again: frames one in the other would take quadratic time. */
  #looksInside(offset: number, size: number): boolean {
    if (offset >= this.#damaged.end) {
      this.#damaged = { end: offset + size, left: MOST_INSIDE * size };
    } else {
      this.#damaged.left -= size;
    }
    return this.#damaged.left >= 0;
  }

  /** The beginning of a frame that is not waited for. */
  #long(input: Input): Item {
    const { start, end, offset } = input;
    this.#left = this.#head.frameSize - (end - start);
    const view = new FrameView(this.#head, input.take(end - start), offset, this.#options);
    return view.inspect(this.#exchange);
  }

  /** A frame whose rest will not come: its head is taken, and what it holds may be other frames. */
  #cut(input: Input): Item {
    const { bytes, start, end, length, offset } = input;
    const head = this.#head;
    const frame = bytes.subarray(start, end);
    if (length < HEADER_SIZE) {
      input.skip(length);
      const message = `cut: ${length} of at least ${HEADER_SIZE} bytes of a frame had come`;
      return this.#damageOf(frame, offset, message, []);
    }
    const size = HEADER_SIZE + extensionSize(head.flags);
    if (length < size) {
      input.skip(length);
      const message = `cut: ${length} of at least ${size} bytes of a frame had come`;
      return this.#damageOf(frame, offset, message, headFields(head, frame, offset));
    }
    input.skip(size);
    this.#lostAt = input.offset;
    this.#lostQuietly = true;
    return new FrameView(head, frame, offset, this.#options).inspect(this.#exchange);
  }

  #foreign(input: Input): Item | undefined {
    const { bytes, start, end } = input;
    const found = describeForeign(bytes.subarray(start, end));
    return this.#damage(input, `expected the magic ca fe, found ${found}`, false);
  }

  /**
   * Takes a first byte, so that the search goes on behind it; `undefined` when more bytes must come to tell
   * what they are.
   */
  #damage(input: Input, message: string, withHead = true): Damage | undefined {
    if (input.length < SHOWN && !this.#hasEnded) {
      input.need(SHOWN);
      return undefined;
    }
    const { bytes, start, end, offset } = input;
    const found = bytes.subarray(start, Math.min(end, start + HEADER_SIZE));
    const fields = withHead ? headFields(this.#head, found, offset) : [];
    input.skip(1);
    this.#lostAt = offset;
    this.#lostQuietly = false;
    return this.#damageOf(bytes.subarray(start, end), offset, message, fields);
  }

  #damageOf(
    bytes: Uint8Array,
    offset: number,
    message: string,
    fields: readonly InspectedField[],
  ): Damage {
    const shown = bytes.slice(0, SHOWN);
    const secret = maySayPassword(bytes);
    return {
      ...{ type: "damage", protocol: "CAFE", offset, bytes: shown, fields, message },
      ...secret && { secret },
    };
  }

  /** Skips to the next mark; false when it has not come, and what may be its beginning is kept. */
  #search(input: Input): boolean {
    const { bytes, start, end } = input;
    const at = indexOfMark(bytes.subarray(start, end), 0);
    if (at < 0) {
      input.skip(Math.max(0, input.length - beginningOfMark(bytes, start, end)));
      return false;
    }
    input.skip(at);
    const skipped = input.offset - this.#lostAt!;
    if (skipped > 0) this.#resumed = resumedAt(input.offset, skipped, false);
    this.#lostAt = undefined;
    return true;
  }

  #endLost(input: Input): readonly Item[] | undefined {
    input.skip(input.length);
    const skipped = input.offset - this.#lostAt!;
    this.#lostAt = undefined;
    return this.#lostQuietly ? undefined : [resumedAt(input.offset, skipped, true)];
  }
}

function resumedAt(offset: number, skipped: number, ended: boolean): Resumed {
  return { type: "resumed", protocol: "CAFE", offset, skipped, ended };
}

function indexOfMark(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(MAGIC_HIGH, from); at >= 0; at = bytes.indexOf(MAGIC_HIGH, at + 1)) {
    if (bytes[at + 1] === MARK[1] && bytes[at + 2] === MARK[2]) return at;
  }
  return -1;
}

/** How many of the last bytes may be the beginning of a mark. */
function beginningOfMark(bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= 2 && bytes[end - 2] === MARK[0] && bytes[end - 1] === MARK[1]) return 2;
  return end > start && bytes[end - 1] === MARK[0] ? 1 : 0;
}

/** What a value_len that is too large probably is. */
function guessLength(head: Head, bytes: Uint8Array): string {
  const swapped = new DataView(bytes.buffer, bytes.byteOffset, HEADER_SIZE).getUint32(8, true);
  if (swapped < head.valueLength && swapped < 65_536) {
    return `it is ${swapped} when its bytes are swapped: all integers are big-endian`;
  }
  const text = quote(bytes.subarray(8, 12), 4);
  return /^"/.test(text) ? `its bytes are the text ${text}` : "the header was damaged, or is none";
}
