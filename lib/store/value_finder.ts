/**
 * Looking up the values of many keys that stand among other bytes.
 *
 * @module
 */

import type { StoreContext } from "./context.ts";
import type { Keyspace } from "./keyspace.ts";
import { LARGE } from "./record_layout.ts";

/** There is no entry of the key. */
export const MISS: number = -1;
/** It cannot be told here: the store itself can. */
export const ASK: number = -2;
/** So many keys are looked at together at the most. */
export const MAX_AHEAD: number = 32;

/**
 * Finds plain values by keys that are parts of other bytes, and copies them to where they go: nothing is made for
 * a key or a value. A store has one, and a {@linkcode StoreReader} in another thread is one.
 */
export interface Finder {
  /** When the entry that was found last ends, in milliseconds since 1970; `Infinity` when it does not. */
  readonly expiresAt: number;
  /**
   * Learns what hashes depend on, which is another seed whenever the store is empty. It is to be called before
   * hashes are made, and not again before they are used: when the seed is another one then, the owner is asked. To
   * learn it between two hashes would make the first one miss a key that was never missing.
   */
  readSeed(): void;
  /** The hash of a key, for {@linkcode Finder.findHashed}. */
  hashOf(bytes: Uint8Array, start: number, length: number): number;
  /**
   * Looks at the places of up to {@linkcode MAX_AHEAD} keys that are likely to be looked up next. Each look waits
   * for memory about three times, and a processor waits for many places at once when it is asked for them
   * together: of 128 keys among 100,000, a find takes half as long then.
   */
  lookAhead(hashes: Int32Array, count: number): void;
  /**
   * Copies the value of a key to a place in `into`, of which bytes behind that place may be written whatever the
   * answer.
   *
   * @returns The length of the value; {@linkcode MISS} when there is none; {@linkcode ASK} when that cannot be
   *   told here, or the value does not fit.
   */
  findHashed(
    hash: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    into: DataView,
    at: number,
  ): number;
  /** Notes that what was found last is told to a client. */
  use(): void;
}

/** The finder of the thread that owns a store. */
export class ValueFinder implements Finder {
  expiresAt: number = Infinity;
  readonly #keyspace: Keyspace;
  readonly #context: StoreContext;
  readonly #refs = new Int32Array(MAX_AHEAD);
  /** Something of what was looked at ahead. */
  #seen = 0;
  #found = 0;

  /** Finds what is in a keyspace. */
  constructor(keyspace: Keyspace, context: StoreContext) {
    this.#keyspace = keyspace;
    this.#context = context;
  }

  /** Does nothing: between two calls of its owner a store changes only by its owner. */
  readSeed(): void {}

  hashOf(bytes: Uint8Array, start: number, length: number): number {
    return this.#keyspace.hashOfPart(bytes, start, length);
  }

  lookAhead(hashes: Int32Array, count: number): void {
    const { index, records } = this.#keyspace;
    const refs = this.#refs;
    for (let i = 0; i < count; i++) refs[i] = index.refNear(hashes[i]!);
    let seen = 0;
    for (let i = 0; i < count; i++) if (refs[i] !== 0) seen ^= records.glance(refs[i]!);
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
    const { index, records } = this.#keyspace;
    const ref = index.findPart(hash, bytes, start, length);
    if (ref === 0) return MISS;
    const expiresAt = records.expiresAt(ref);
    if (expiresAt !== Infinity && expiresAt <= this.#context.now()) return ASK;
    const size = records.copyValue(ref, into, at);
    if (size < 0) return ASK;
    this.#found = ref;
    this.expiresAt = expiresAt;
    return size;
  }

  /** Notes an access to what was found last. */
  use(): void {
    if (this.#context.touching) this.#keyspace.records.headers.touch(this.#found);
  }
}
