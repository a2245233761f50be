/**
 * Looking into a store of another thread.
 *
 * @module
 */

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

/** There is no entry of the key. */
export const MISS: number = -1;
/** The reader cannot tell: its owner can. */
export const ASK: number = -2;
/** The record is one of another key. */
const OTHER = -3;

/** So often it looks again when something has changed meanwhile. */
const LOOKS = 4;
/** So often it looks whether a change is over: most take less than a microsecond. */
const SPINS = 64;
/** More slots in a row that are not empty would be no table: its own limit is far below. */
const MAX_PROBES = 1_024;
/** Up to so many bytes are copied one by one: that takes less time than a view and a call of `set`. */
const FEW = 64;

/** A segment of records. */
interface Segment {
  readonly generation: number;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
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
export class StoreReader {
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
      const [bytes, words] = [new Uint8Array(buffer), new Int32Array(buffer)];
      while (this.#segments.length < number) this.#segments.push(undefined);
      this.#segments[number] = { generation, bytes, words, doubles: new Float64Array(buffer) };
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
    if (key.length >= LARGE) return ASK;
    const sequence = this.#sequence;
    for (let looks = 0; looks < LOOKS; looks++) {
      const moment = this.#quiet();
      if ((moment & 1) !== 0) return ASK;
      const answer = this.#look(key, into, at);
      Atomics.store(this.#own, 0, 0); // No read of the look comes later than this, and the next not earlier.
      if (Atomics.load(sequence, SEQUENCE) === moment) {
        this.moment = moment;
        return answer;
      }
    }
    return ASK;
  }

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

  #look(key: Uint8Array, into: Uint8Array, at: number): number {
    const control = this.#control;
    if (this.#sequence[CLOSED] !== 0 || control[DATABASE] !== this.database) return ASK;
    const hash = this.#hashOf(key);
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
        const answer = this.#read(ref, key, into, at);
        if (answer !== OTHER) return answer;
      } else if (found >>> 0 > hash >>> 0) return MISS;
    }
    return end === slots.length ? MISS : ASK;
  }

  #hashOf(key: Uint8Array): number {
    const [low, high] = [this.#control[SEED]!, this.#control[SEED + 1]!];
    if (low !== this.#low || high !== this.#high) {
      this.#hash = new KeyHash([low, high]);
      this.#low = low;
      this.#high = high;
    }
    return this.#hash.of(key);
  }

  #read(ref: number, key: Uint8Array, into: Uint8Array, at: number): number {
    const number = ref >>> 16;
    const segment = number < this.#segments.length ? this.#segments[number] : undefined;
    if (segment?.generation !== this.#control[SEGMENTS + number]) return ASK;
    const { words, bytes, doubles } = segment!;
    const word = firstWord(ref);
    const shape = words[word + SHAPE]!;
    if ((shape & (KEY_BITS | KEY_OUTSIDE)) !== key.length) return OTHER;
    const place = firstByte(ref) + headSize(shape);
    for (let i = 0; i < key.length; i++) if (bytes[place + i] !== key[i]) return OTHER;
    if ((shape & VALUE_OUTSIDE) !== 0) return ASK;
    const expires = (shape & EXPIRES) !== 0;
    const expiresAt = expires ? doubles[firstDouble(ref) + EXPIRES_AT]! : Infinity;
    if (expires && !(expiresAt > this.#now())) return ASK;
    const lengths = words[word + VALUE]!;
    this.expiresAt = expiresAt;
    this.#versionHigh = lengths >>> 16;
    this.#versionLow = words[word + VERSION]!;
    return copy(bytes, place + key.length, lengths & LENGTH_BITS, into, at);
  }
}

/** Copies a value, if it is inside of its segment and fits. */
function copy(
  bytes: Uint8Array,
  place: number,
  length: number,
  into: Uint8Array,
  at: number,
): number {
  if (place + length > bytes.length || at + length > into.length) return ASK;
  if (length > FEW) into.set(new Uint8Array(bytes.buffer, place, length), at);
  else for (let i = 0; i < length; i++) into[at + i] = bytes[place + i]!;
  return length;
}
