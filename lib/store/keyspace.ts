/**
 * Records and what leads to them.
 *
 * @module
 */

import type { StoreContext } from "./context.ts";
import { ExpiryHeap, PLACE_BYTES } from "./expiry_heap.ts";
import { SLOT_BYTES } from "./hash_table.ts";
import { type HashSeed, KeyHash } from "./key_hash.ts";
import { KeyIndex } from "./key_index.ts";
import type { Loans } from "./loans.ts";
import { Records } from "./records.ts";
import type { SharedMemory } from "./shared_memory.ts";

/** Each write looks at so many blocks of memory that is to become free, and moves what is in them. */
const MOVED_BY_WRITE = 32;

/** When the last record goes and so much is held, all of it is given away. */
const KEPT_WHEN_EMPTY = 65_536;

/**
 * Records, their index, and the heap of those that expire. What changes a record may move it: here the others
 * learn where it is, and it returns the reference that is good from then on.
 */
export class Keyspace {
  /** The records. */
  readonly records: Records;
  /** Where the record of a key is. */
  readonly index: KeyIndex;
  /** Which record expires next. */
  readonly expiring: ExpiryHeap;
  readonly #loans: Loans;
  readonly #seed: HashSeed | undefined;
  readonly #shared: SharedMemory | undefined;
  #hash: KeyHash;
  #bytes = 0;

  /** Makes an empty one; with shared memory, all changes are made in sections. */
  constructor(context: StoreContext, seed: HashSeed | undefined, shared?: SharedMemory) {
    this.records = new Records(context, shared);
    this.index = new KeyIndex(this.records, shared);
    this.expiring = new ExpiryHeap(this.records);
    this.#loans = context.loans;
    this.#seed = seed;
    this.#shared = shared;
    this.#hash = this.#newHash();
  }

  /** How many bytes the keys and values have together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many bytes are held, with what is free. */
  get memory(): number {
    return this.records.memory + this.index.memory + this.expiring.memory;
  }

  /** How many bytes of that are in use. */
  get used(): number {
    return this.records.used + this.index.size * SLOT_BYTES + this.expiring.size * PLACE_BYTES;
  }

  /** How many bytes a record uses, with its slot and its place. */
  usedBy(ref: number): number {
    const place = this.records.placeOf(ref) === 0 ? 0 : PLACE_BYTES;
    return this.records.usedBy(ref) + SLOT_BYTES + place;
  }

  /** The hash of a key. */
  hashOf(key: Uint8Array): number {
    return this.#hash.of(key);
  }

  /** The hash of a key that is a part of other bytes. */
  hashOfPart(bytes: Uint8Array, start: number, length: number): number {
    return this.#hash.ofPart(bytes, start, length);
  }

  /** The hash of the key of a record: whoever has found it by its key knows it. */
  hashAt(ref: number): number {
    return this.records.hashOf(ref, this.#hash);
  }

  /** Adds a record; when there is no memory for all of it, there is nothing of it. */
  add(
    key: Uint8Array,
    hash: number,
    value: Uint8Array,
    expires: boolean,
    owned: boolean,
  ): number {
    const made = this.records.create(key, value.length, expires);
    let ref = made;
    try {
      ref = this.records.setValue(made, value, owned);
      this.index.insert(hash, ref);
    } catch (error) {
      this.records.remove(ref);
      throw error;
    }
    this.#bytes += key.length + value.length;
    return ref;
  }

  /** Gives a record another value. */
  replace(found: number, hash: number, value: Uint8Array, owned: boolean): number {
    this.#recall();
    const length = this.records.valueLengthOf(found);
    const ref = this.#moved(found, this.records.setValue(found, value, owned), hash);
    this.#bytes += value.length - length;
    return ref;
  }

  /** Makes the value of a record longer. */
  append(found: number, hash: number, tail: Uint8Array): number {
    this.#recall();
    const ref = this.#moved(found, this.records.append(found, tail), hash);
    this.#bytes += tail.length;
    return ref;
  }

  /** Sets when a record expires, `Infinity` for never. The heap must have room for it. */
  setExpiry(ref: number, hash: number, expiresAt: number): number {
    this.#recall();
    if (expiresAt === Infinity) {
      this.expiring.remove(ref);
      this.records.dropExpiry(ref);
      return ref;
    }
    const to = this.#moved(ref, this.records.setExpiresAt(ref, expiresAt), hash);
    this.expiring.update(to, expiresAt);
    return to;
  }

  /** Takes a record away. */
  remove(ref: number, hash: number): void {
    this.#recall();
    const { records } = this;
    this.#bytes -= records.keyLengthOf(ref) + records.valueLengthOf(ref);
    this.index.remove(hash, ref);
    this.expiring.remove(ref);
    records.remove(ref);
    if (this.index.size === 0 && this.memory > KEPT_WHEN_EMPTY) this.clear();
  }

  /**
   * Gives all memory away. The keys get another order: a client may add them again in the one in which it has
   * scanned them, which would fill a growing table from its front and make each insertion a walk over all.
   */
  clear(): void {
    this.#recall();
    this.#hash = this.#newHash();
    this.records.clear();
    this.index.clear();
    this.expiring.clear();
    this.#bytes = 0;
  }

  /** Moves a few records out of memory that is to become free. No reference is good behind it. */
  compact(): void {
    try {
      for (let looks = 0; looks < MOVED_BY_WRITE && this.records.isVacating; looks++) {
        const from = this.records.nextToMove();
        if (from === 0) continue;
        this.#recall();
        const to = this.records.move(from);
        this.#moved(from, to, this.hashAt(to));
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // There is no memory: the next write tries again.
    }
  }

  #newHash(): KeyHash {
    const hash = new KeyHash(this.#seed);
    this.#shared?.noteSeed(hash.seed);
    return hash;
  }

  /** The bytes of a record are about to change, or to move: what is lent is no view of them any more. */
  #recall(): void {
    if (this.#loans.outstanding > 0) this.#loans.recall();
  }

  /** Notes that a record may have moved; returns where it is. */
  #moved(from: number, to: number, hash: number): number {
    if (from === to) return to;
    this.index.replace(hash, from, to);
    const place = this.records.placeOf(to);
    if (place !== 0) this.expiring.rename(place, to);
    return to;
  }
}
