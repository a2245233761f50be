/**
 * What the headers of records say, besides where the parts are.
 *
 * @module
 */

import type { Segment } from "./arena.ts";
import type { StoreContext } from "./context.ts";
import type { Encoding } from "./entry.ts";
import {
  ACCESS,
  ENCODING_BITS,
  ENCODING_SHIFT,
  firstWord,
  LENGTH_BITS,
  SHAPE,
  VALUE,
  VERSION,
} from "./record_layout.ts";

const ENCODINGS: readonly Encoding[] = ["auto", "embstr", "raw"];

/** One more than the low word of a version. */
const WORDS = 2 ** 32;

/** The headers of records by reference: versions, accesses, and how the values came to be. */
export class RecordHeaders {
  readonly #segments: readonly Segment[];
  readonly #context: StoreContext;

  /** Reads and writes the headers in these segments; accesses are at the times of the context. */
  constructor(segments: readonly Segment[], context: StoreContext) {
    this.#segments = segments;
    this.#context = context;
  }

  /** Begins a header: an empty value, 0 for its version, and its first access. */
  begin(ref: number): void {
    const { accesses, time } = this.#context;
    const words = this.#wordsOf(ref);
    const at = firstWord(ref);
    words[at + VALUE] = words[at + VERSION] = 0;
    words[at + ACCESS] = accesses.first(time);
  }

  /** How the value came to be. */
  encodingOf(ref: number): Encoding {
    return ENCODINGS[
      this.#wordsOf(ref)[firstWord(ref) + SHAPE]! >>> ENCODING_SHIFT & ENCODING_BITS
    ]!;
  }

  /** The version. */
  versionOf(ref: number): number {
    const words = this.#wordsOf(ref);
    const at = firstWord(ref);
    return (words[at + VALUE]! >>> 16) * WORDS + (words[at + VERSION]! >>> 0);
  }

  /** Notes a write. */
  setVersion(ref: number, version: number): void {
    const words = this.#wordsOf(ref);
    const at = firstWord(ref);
    words[at + VALUE] = words[at + VALUE]! & LENGTH_BITS | Math.floor(version / WORDS) << 16;
    words[at + VERSION] = version | 0;
  }

  /** Notes how the value came to be. */
  setEncoding(ref: number, encoding: Encoding): void {
    const words = this.#wordsOf(ref);
    const at = firstWord(ref) + SHAPE;
    const others = words[at]! & ~(ENCODING_BITS << ENCODING_SHIFT);
    words[at] = others | ENCODINGS.indexOf(encoding) << ENCODING_SHIFT;
  }

  /** When the entry was last read or written. */
  accessedAt(ref: number): number {
    const { accesses, time } = this.#context;
    return accesses.timeOf(this.#wordsOf(ref)[firstWord(ref) + ACCESS]!, time);
  }

  /** How often the entry is read or written. */
  frequencyOf(ref: number): number {
    const { accesses, time } = this.#context;
    return accesses.frequencyOf(this.#wordsOf(ref)[firstWord(ref) + ACCESS]!, time);
  }

  /** Notes an access. */
  touch(ref: number): void {
    const { accesses, time } = this.#context;
    const words = this.#wordsOf(ref);
    const at = firstWord(ref) + ACCESS;
    words[at] = accesses.next(words[at]!, time);
  }

  #wordsOf(ref: number): Int32Array {
    return this.#segments[ref >>> 16]!.words;
  }
}
