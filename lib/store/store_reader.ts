/**
 * Looking into a store of another thread.
 *
 * @module
 */

import { copyBetween } from "./bytes.ts";
import { KeyHash } from "./key_hash.ts";
import {
  EXPIRES,
  EXPIRES_AT,
  firstByte,
  firstDouble,
  firstWord,
  headSize,
  KEY_BITS,
  KEY_OUTSIDE,
  LARGE,
  LENGTH_BITS,
  LINE_WORDS,
  SHAPE,
  VALUE,
  VALUE_OUTSIDE,
  VERSION,
} from "./record_layout.ts";
import {
  BITS,
  BORDER,
  CLOSED,
  CURRENT,
  DATABASE,
  SEED,
  SEGMENTS,
  SEQUENCE,
  type SharedPiece,
  type SharedStore,
  TABLES,
} from "./shared_words.ts";
import { ASK, type Finder, MAX_AHEAD, MISS } from "./value_finder.ts";

/** The record is one of another key. */
const OTHER = -3;

/** So often it looks again when something has changed meanwhile. */
const LOOKS = 4;
/** So often it looks whether a change is over: most take less than a microsecond. */
const SPINS = 64;
/** More slots in a row that are not empty would be no table: its own limit is far below. */
const MAX_PROBES = 1_024;

/** A segment of records. */
interface Segment {
  readonly generation: number;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly view: DataView;
}

/** A table of the index. */
interface Table {
  readonly generation: number;
  readonly slots: Int32Array;
}

/**
 * Finds plain entries of a store whose memory is shared, without asking the thread that owns it. What it
 * answers was so at one moment during the call, whatever is written meanwhile; where it cannot tell, it says so.
 *
 * It writes nothing that the owner has. So its reads are no accesses: an entry that is only read here seems
 * unused, and the owner must set {@linkcode Sections.closed} while an eviction goes by accesses.
 *
 * @example
 * ```ts
 * import { MemoryStore, MISS, StoreReader } from "@cortado/cortado/store";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore({ shared: true });
 * store.set(Uint8Array.of(1), Uint8Array.of(7, 8));
 * const reader = new StoreReader(store.shared!);
 * const value = new Uint8Array(16);
 * assertEquals(reader.find(Uint8Array.of(1), value, 0), 2);
 * assertEquals(value.subarray(0, 2), Uint8Array.of(7, 8));
 * assertEquals(reader.find(Uint8Array.of(2), value, 0), MISS);
 * ```
 */
export class StoreReader implements Finder {
  /** When the entry that was found last ends, in milliseconds since 1970; `Infinity` when it does not. */
  expiresAt: number = Infinity;
  /** Names the moment of the last answer: what was found at the same one was there together. */
  moment = 0;
  /** Which database the store is: while it is another one, the owner is to be asked. */
  database: number;
  readonly #now: () => number;
  readonly #sequence: Int32Array;
  readonly #control: Int32Array;
  readonly #doubles: Float64Array;
  readonly #segments: (Segment | undefined)[] = [];
  readonly #tables: (Table | undefined)[] = [undefined, undefined];
  /** A word that no other thread looks at, in a cache line of its own: see `Sections`. */
  readonly #own = new Int32Array(16);
  #low = 0;
  #high = 0;
  #hash = new KeyHash([0, 0]);
  #versionHigh = 0;
  /** What was found at the places of keys that are looked at together, and a part of what stands there. */
  readonly #refs = new Int32Array(MAX_AHEAD);
  #seen = 0;
  #versionLow = 0;

  /** Reads a store; `now` is the clock that its owner goes by. */
  constructor(store: SharedStore, now: () => number = Date.now) {
    this.#now = now;
    this.#sequence = new Int32Array(store.sequence);
    this.#control = new Int32Array(store.control);
    this.#doubles = new Float64Array(store.control);
    this.database = store.number;
    for (const piece of store.pieces) this.take(piece);
  }

  /** The version of the entry that was found last. */
  get version(): number {
    return this.#versionHigh * 2 ** 32 + (this.#versionLow >>> 0);
  }

  /** Learns of memory that was made, or was given away. Until it does, it asks the owner. */
  take({ kind, number, generation, buffer }: SharedPiece): void {
    const pieces = kind === "segment" ? this.#segments : this.#tables;
    if (buffer === undefined) {
      if (pieces[number]?.generation === generation) pieces[number] = undefined;
    } else if (kind === "table") {
      this.#tables[number] = { generation, slots: new Int32Array(buffer) };
    } else {
      while (this.#segments.length < number) this.#segments.push(undefined);
      this.#segments[number] = {
        generation,
        bytes: new Uint8Array(buffer),
        words: new Int32Array(buffer),
        doubles: new Float64Array(buffer),
        view: new DataView(buffer),
      };
    }
  }

  /**
   * Copies the value of a key to a place in `into`, of which bytes behind that place may be written whatever
   * the answer.
   *
   * @returns The length of the value; {@linkcode MISS} when there is none; {@linkcode ASK} when the owner is to
   *   be asked: a value that does not fit there, a key or a value of {@linkcode LARGE} bytes, an entry whose
   *   time is over, memory that it has not heard of, a store that is closed, or that changes all the time.
   */
  find(key: Uint8Array, into: Uint8Array, at: number): number {
    const view = new DataView(into.buffer, into.byteOffset, into.length);
    this.readSeed();
    return this.findHashed(this.hashOf(key, 0, key.length), key, 0, key.length, view, at);
  }

  readSeed(): void {
    const [low, high] = [this.#control[SEED]!, this.#control[SEED + 1]!];
    if (low === this.#low && high === this.#high) return;
    this.#hash = new KeyHash([low, high]);
    this.#low = low;
    this.#high = high;
  }

  hashOf(bytes: Uint8Array, start: number, length: number): number {
    return this.#hash.ofPart(bytes, start, length);
  }

  lookAhead(hashes: Int32Array, count: number): void {
    const refs = this.#refs;
    const control = this.#control;
    const current = control[CURRENT]! & 1;
    const border = this.#doubles[BORDER]!;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i]!;
      const number = hash >>> 0 < border ? 1 - current : current;
      const slots = this.#tables[number]?.slots;
      refs[i] = slots === undefined ? 0 : slots[(hash >>> 32 - control[BITS + number]! << 1) + 1]!;
    }
    let seen = 0;
    for (let i = 0; i < count; i++) {
      const ref = refs[i]!;
      const number = ref >>> 16;
      const words = number < this.#segments.length ? this.#segments[number]?.words : undefined;
      if (words === undefined) continue;
      const word = firstWord(ref);
      seen ^= words[word]! ^ words[word + LINE_WORDS]!;
    }
    this.#seen = seen; // What nobody needs would not be read.
  }

  findHashed(
    hash: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    into: DataView,
    at: number,
  ): number {
    if (length >= LARGE) return ASK;
    const sequence = this.#sequence;
    for (let looks = 0; looks < LOOKS; looks++) {
      const moment = this.#quiet();
      if ((moment & 1) !== 0) return ASK;
      const answer = this.#look(hash, bytes, start, length, into, at);
      Atomics.store(this.#own, 0, 0); // No read of the look comes later than this, and the next not earlier.
      if (Atomics.load(sequence, SEQUENCE) === moment) {
        this.moment = moment;
        return answer;
      }
    }
    return ASK;
  }

  /** Does nothing: a reader writes nothing, so that what it finds is not accessed. */
  use(): void {}

  /** The sequence when nothing changes; an odd one when that does not end. */
  #quiet(): number {
    let moment = Atomics.load(this.#sequence, SEQUENCE);
    for (let spins = 0; (moment & 1) !== 0 && spins < SPINS; spins++) {
      moment = Atomics.load(this.#sequence, SEQUENCE);
    }
    return moment;
  }

  // From here on anything may change between any two reads. Whatever was read, nothing throws, nothing is
  // written but `into` and what belongs to the reader, and each loop has an end: what it gives is thrown away
  // then.

  #look(
    hash: number,
    key: Uint8Array,
    start: number,
    length: number,
    into: DataView,
    at: number,
  ): number {
    const control = this.#control;
    if (this.#sequence[CLOSED] !== 0 || control[DATABASE] !== this.database) return ASK;
    if (control[SEED] !== this.#low || control[SEED + 1] !== this.#high) return ASK;
    const current = control[CURRENT]! & 1;
    const number = hash >>> 0 < this.#doubles[BORDER]! ? 1 - current : current;
    const generation = control[TABLES + number]!;
    if (generation === 0) return MISS;
    const table = this.#tables[number];
    if (table === undefined || table.generation !== generation) return ASK;
    const { slots } = table;
    const first = hash >>> 32 - control[BITS + number]! << 1;
    const end = Math.min(slots.length, first + 2 * MAX_PROBES);
    for (let slot = first; slot < end; slot += 2) {
      const ref = slots[slot + 1]!;
      if (ref === 0) return MISS;
      const found = slots[slot]!;
      if (found === hash) {
        const answer = this.#read(ref, key, start, length, into, at);
        if (answer !== OTHER) return answer;
      } else if (found >>> 0 > hash >>> 0) return MISS;
    }
    return end === slots.length ? MISS : ASK;
  }

  #read(
    ref: number,
    key: Uint8Array,
    start: number,
    length: number,
    into: DataView,
    at: number,
  ): number {
    const number = ref >>> 16;
    const segment = number < this.#segments.length ? this.#segments[number] : undefined;
    if (segment?.generation !== this.#control[SEGMENTS + number]) return ASK;
    const { words, bytes, doubles, view } = segment!;
    const word = firstWord(ref);
    const shape = words[word + SHAPE]!;
    if ((shape & (KEY_BITS | KEY_OUTSIDE)) !== length) return OTHER;
    const keyAt = firstByte(ref) + headSize(shape);
    for (let i = 0; i < length; i++) if (bytes[keyAt + i] !== key[start + i]) return OTHER;
    if ((shape & VALUE_OUTSIDE) !== 0) return ASK;
    const expires = (shape & EXPIRES) !== 0;
    const expiresAt = expires ? doubles[firstDouble(ref) + EXPIRES_AT]! : Infinity;
    if (expires && !(expiresAt > this.#now())) return ASK;
    const lengths = words[word + VALUE]!;
    this.expiresAt = expiresAt;
    this.#versionHigh = lengths >>> 16;
    this.#versionLow = words[word + VERSION]!;
    const [valueAt, valueLength] = [keyAt + length, lengths & LENGTH_BITS];
    if (valueAt + valueLength > bytes.length || at + valueLength > into.byteLength) return ASK;
    copyBetween(view, valueAt, valueLength, into, at);
    return valueLength;
  }
}
