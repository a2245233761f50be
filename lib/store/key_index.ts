/**
 * Where the entry of a key is.
 *
 * @module
 */

import { HASHES, HashTable, type Keys, type TableMemory, type Visitor } from "./hash_table.ts";

const MIN_BITS = 4;
/** The table grows when it is so full: above, probes get long... */
const MAX_LOAD = 0.7;
/** ...and shrinks when it is so empty: below, a walk and a random pick pass too many empty slots. */
const MIN_LOAD = 0.1;
/** By how many bits it shrinks: it is no more than 0.4 full then. */
const SHRINK_BITS = 2;
/** Each change looks at so many slots of the table that is being left. */
const STEP = 32;

/** Memory that nobody else looks at. */
const OWN_MEMORY: TableMemory = {
  makeSlots: (_number, _bits, words) => new Int32Array(words),
  dropTable() {},
  part() {},
};

/**
 * A hash table that grows and shrinks in small steps: no request waits for all of it. Meanwhile there are
 * two tables, and one hash that parts them: what is below it has moved to the new one, and what is not is
 * still in the old one, where it is looked for and added. The order of hashes is the same in both.
 */
export class KeyIndex {
  readonly #keys: Keys;
  readonly #memory: TableMemory;
  /** The number of `#table`; `#target` has the other one. */
  #current = 0;
  /** All references; those of the hashes from `#border` on while there is a new table. */
  #table: HashTable | undefined;
  /** Those of the hashes below `#border`. */
  #target: HashTable | undefined;
  #border = 0;
  /** The slots of `#table` before this one have moved; what is in them still is only in the way. */
  #moved = 0;
  #size = 0;

  /** Makes an empty index, which takes no memory. */
  constructor(keys: Keys, memory: TableMemory = OWN_MEMORY) {
    this.#keys = keys;
    this.#memory = memory;
  }

  /** How many references there are. */
  get size(): number {
    return this.#size;
  }

  /** How many bytes the tables take. */
  get memory(): number {
    return (this.#table?.memory ?? 0) + (this.#target?.memory ?? 0);
  }

  /** The reference of a key with its hash; 0 when there is none. */
  find(hash: number, key: Uint8Array): number {
    return this.findPart(hash, key, 0, key.length);
  }

  /** The same, of a key that is a part of other bytes. */
  findPart(hash: number, bytes: Uint8Array, start: number, length: number): number {
    return this.#tableOf(hash)?.find(hash, bytes, start, length, this.#keys) ?? 0;
  }

  /** A reference that stands near that of a hash; 0 for none. */
  refNear(hash: number): number {
    return this.#tableOf(hash)?.refNear(hash) ?? 0;
  }

  /** Adds a reference. Nothing has changed when there is no memory for a larger table. */
  insert(hash: number, ref: number): void {
    this.#table ??= this.#makeTable(this.#current, MIN_BITS);
    const { bits } = this.#table;
    if (this.#target === undefined && this.#size >= MAX_LOAD * 2 ** bits) this.#begin(bits + 1);
    this.#tableOf(hash)!.insert(hash, ref);
    this.#size++;
    if (this.#target !== undefined) this.#step(this.#target);
  }

  /** Puts a reference in the place of another one, which is there. */
  replace(hash: number, ref: number, by: number): void {
    this.#tableOf(hash)!.replace(hash, ref, by);
  }

  /** Takes out a reference, which is there. */
  remove(hash: number, ref: number): void {
    this.#tableOf(hash)!.remove(hash, ref);
    this.#size--;
    const { bits } = this.#table!;
    if (this.#target !== undefined) this.#step(this.#target);
    else if (bits >= MIN_BITS + SHRINK_BITS && this.#size < MIN_LOAD * 2 ** bits) {
      this.#begin(bits - SHRINK_BITS);
    }
  }

  /** Takes all out, and gives the memory away. */
  clear(): void {
    this.#table = undefined;
    this.#memory.dropTable(this.#current);
    this.#memory.dropTable(1 - this.#current);
    this.#finish();
    this.#size = 0;
  }

  /** Any reference, each as likely as another. There must be one, and few looks find it: see MIN_LOAD. */
  random(random: () => number): number {
    const [table, target] = [this.#table!, this.#target];
    const slots = table.length + (target?.length ?? 0);
    for (;;) {
      const slot = Math.floor(random() * slots);
      const inTarget = slot >= table.length;
      if (!inTarget && slot < this.#moved) continue;
      const ref = inTarget ? target!.refAt(slot - table.length) : table.refAt(slot);
      if (ref !== 0) return ref;
    }
  }

  /**
   * Visits references by hash, from `from` on, until the visitor has enough. What stays from one walk to
   * another that goes on where it ended is visited once, whatever was added, removed or moved meanwhile.
   *
   * @returns The first hash that was not reached; 0 when all were.
   */
  walk(from: number, visitor: Visitor): number {
    if (this.#table === undefined || from >= HASHES) return 0;
    let at = from;
    if (this.#target !== undefined && at < this.#border) {
      at = this.#target.walk(at, this.#border, visitor);
      if (at < this.#border) return at;
    }
    const end = this.#table.walk(at, HASHES, visitor);
    return end === HASHES ? 0 : end;
  }

  #tableOf(hash: number): HashTable | undefined {
    return this.#target !== undefined && hash >>> 0 < this.#border ? this.#target : this.#table;
  }

  #begin(bits: number): void {
    this.#target = this.#makeTable(1 - this.#current, bits);
  }

  #makeTable(number: number, bits: number): HashTable {
    return new HashTable(bits, (words) => this.#memory.makeSlots(number, bits, words));
  }

  /** Moves some slots, and then as many as have the same hash as the last of them. */
  #step(target: HashTable): void {
    const table = this.#table!;
    let slot = this.#moved;
    for (let last = -1, end = slot + STEP; slot < table.length; slot++) {
      const hash = table.hashAt(slot);
      const ref = table.refAt(slot);
      if (slot >= end && (ref === 0 || hash !== last)) break;
      if (ref === 0) continue;
      target.insert(hash, ref);
      last = hash;
    }
    this.#moved = slot;
    this.#border = borderAt(table, slot);
    if (slot < table.length) return this.#memory.part(this.#current, this.#border);
    this.#table = target;
    this.#memory.dropTable(this.#current);
    this.#current = 1 - this.#current;
    this.#finish();
  }

  #finish(): void {
    this.#target = undefined;
    this.#border = this.#moved = 0;
    this.#memory.part(this.#current, 0);
  }
}

/** The hash that parts what stands before a slot from what stands there and behind. */
function borderAt(table: HashTable, slot: number): number {
  const isEmpty = slot === table.length || table.refAt(slot) === 0;
  return isEmpty ? table.firstHash(slot) : table.hashAt(slot) >>> 0;
}
