/**
 * Memory of a store that other threads read.
 *
 * @module
 */

import type { TableMemory } from "./hash_table.ts";
import type { HashSeed } from "./key_hash.ts";
import type { Sections } from "./sections.ts";
import { SharedPool } from "./shared_pool.ts";
import {
  BITS,
  BORDER,
  CONTROL_BYTES,
  CURRENT,
  DATABASE,
  SEED,
  SEGMENTS,
  type SharedPiece,
  type SharedStore,
  TABLES,
} from "./shared_words.ts";

/** Makes the memory of one store, tells of it, and notes where in it a reader has to look. */
export class SharedMemory implements TableMemory {
  readonly #number: number;
  readonly #sections: Sections;
  readonly #pool: SharedPool;
  readonly #control = new SharedArrayBuffer(CONTROL_BYTES);
  readonly #words = new Int32Array(this.#control);
  readonly #doubles = new Float64Array(this.#control);
  /** What there is, by the word of its generation. */
  readonly #pieces = new Map<number, SharedPiece>();
  #generations = 0;

  /** Makes memory for the store of a number, which changes in these sections; `pool` has what was given away. */
  constructor(number: number, sections: Sections, pool: SharedPool = new SharedPool()) {
    this.#number = number;
    this.#sections = sections;
    this.#pool = pool;
    this.noteDatabase(number);
  }

  /** What a reader needs to begin with. */
  get store(): SharedStore {
    return {
      number: this.#number,
      sequence: this.#sections.buffer,
      control: this.#control,
      pieces: [...this.#pieces.values()],
    };
  }

  /** Makes a segment; what is in it may be left from before. */
  makeSegment(bytes: number, number: number): SharedArrayBuffer {
    return this.#make("segment", number, SEGMENTS + number, bytes);
  }

  /** Gives a segment away. */
  dropSegment(number: number): void {
    this.#drop(SEGMENTS + number);
  }

  /** Makes the slots of a table, in the place of those that it has. */
  makeSlots(number: number, bits: number, words: number): Int32Array {
    const buffer = this.#make("table", number, TABLES + number, words * 4);
    this.#words[BITS + number] = bits;
    return new Int32Array(buffer).fill(0);
  }

  /** Gives a table away. */
  dropTable(number: number): void {
    this.#drop(TABLES + number);
  }

  /** Notes which table is for which hashes. */
  part(current: number, border: number): void {
    this.#words[CURRENT] = current;
    this.#doubles[BORDER] = border;
  }

  /** Notes what hashes depend on from now on. */
  noteSeed([low, high]: HashSeed): void {
    this.#words[SEED] = low;
    this.#words[SEED + 1] = high;
  }

  /** Notes which database the store is from now on. */
  noteDatabase(index: number): void {
    this.#words[DATABASE] = index;
  }

  #make(kind: SharedPiece["kind"], number: number, word: number, bytes: number): SharedArrayBuffer {
    const buffer = this.#pool.take(bytes);
    const generation = this.#generations = this.#generations + 1 | 0 || 1;
    const piece = { kind, store: this.#number, number, generation, buffer };
    this.#words[word] = generation;
    this.#pieces.set(word, piece);
    this.#sections.onShared(piece);
    return buffer;
  }

  #drop(word: number): void {
    const piece = this.#pieces.get(word);
    if (piece === undefined) return;
    this.#words[word] = 0;
    this.#pieces.delete(word);
    this.#sections.onShared({ ...piece, buffer: undefined });
    this.#pool.give(piece.buffer!);
  }
}
