/**
 * A table of references, in the order of their hashes.
 *
 * @module
 */

/** Where the keys are that the references stand for. */
export interface Keys {
  /** Whether a reference stands for a key, which is a part of other bytes. */
  hasKey(ref: number, bytes: Uint8Array, start: number, length: number): boolean;
}

/** Told of the references that a walk passes. */
export interface Visitor {
  /** Passes a slot that is empty; whether the walk has passed enough of them. */
  pass(): boolean;
  /** Whether it takes no more references. */
  isFull(): boolean;
  /** Takes a reference. */
  visit(ref: number): void;
}

/** Where the slots of the two tables of an index are, and who is told which of them is for which hashes. */
export interface TableMemory {
  /** Makes slots, empty, for the table of a number, 0 or 1, with so many bits: its first ones, or other ones. */
  makeSlots(number: number, bits: number, words: number): Int32Array;
  /** Gives the slots of a table away. */
  dropTable(number: number): void;
  /** Notes that the hashes from `border` on are in the table `current`, and those below in the other one. */
  part(current: number, border: number): void;
}

/** How many bytes a slot takes. */
export const SLOT_BYTES = 8;

/** One more than the largest hash. */
export const HASHES = 2 ** 32;

/**
 * Slots behind those of the largest hash, for those that are not where they belong: the last ones go there
 * instead of round to the front, which would break the order.
 */
const TAIL = 128;

/**
 * Open addressing with linear probing by the top bits of the hash. The slots are sorted by hash, unsigned:
 * each reference stands at or behind its place, with no empty slot between, and tables of all sizes have
 * the same order. Hashes may be equal.
 */
export class HashTable {
  /** The table has two to the power of `bits` places. */
  readonly bits: number;
  /** The hash of each slot, and its reference; 0 in an empty one. */
  #slots: Int32Array;
  readonly #shift: number;
  readonly #makeSlots: (words: number) => Int32Array;

  /** Makes an empty table; `bits` from 1 to 30. */
  constructor(
    bits: number,
    makeSlots: (words: number) => Int32Array = (words) => new Int32Array(words),
  ) {
    this.bits = bits;
    this.#shift = 32 - bits;
    this.#makeSlots = makeSlots;
    this.#slots = makeSlots(2 * ((1 << bits) + Math.min(1 << bits, TAIL)));
  }

  /** How many slots there are, the tail with them. */
  get length(): number {
    return this.#slots.length >>> 1;
  }

  /** How many bytes the slots take. */
  get memory(): number {
    return this.#slots.byteLength;
  }

  /** The reference in a slot; 0 when it is empty. */
  refAt(slot: number): number {
    return this.#slots[2 * slot + 1]!;
  }

  /** The hash in a slot that is not empty. */
  hashAt(slot: number): number {
    return this.#slots[2 * slot]!;
  }

  /** The smallest hash whose place is `slot`. */
  firstHash(slot: number): number {
    return slot * 2 ** this.#shift;
  }

  /** The reference that stands where one with a hash belongs: most often its own, or that of one beside it. */
  refNear(hash: number): number {
    return this.#slots[(hash >>> this.#shift << 1) + 1]!;
  }

  /** The reference of a key, a part of other bytes, with its hash; 0 when there is none. */
  find(hash: number, bytes: Uint8Array, start: number, length: number, keys: Keys): number {
    const slots = this.#slots;
    for (let at = hash >>> this.#shift << 1; at < slots.length; at += 2) {
      const ref = slots[at + 1]!;
      if (ref === 0) return 0;
      const found = slots[at]!;
      if (found === hash) {
        if (keys.hasKey(ref, bytes, start, length)) return ref;
      } else if (found >>> 0 > hash >>> 0) return 0;
    }
    return 0;
  }

  /** Adds a reference. */
  insert(hash: number, ref: number): void {
    let at = hash >>> this.#shift << 1;
    while (this.#isBefore(at, hash)) at += 2;
    let fresh = hash;
    for (let put = ref; put !== 0; at += 2) {
      if (at === this.#slots.length) this.#extend();
      const slots = this.#slots;
      const next = slots[at]!;
      const pushed = slots[at + 1]!;
      slots[at] = fresh;
      slots[at + 1] = put;
      fresh = next;
      put = pushed;
    }
  }

  /** Puts a reference in the place of another one, which is there. */
  replace(hash: number, ref: number, by: number): void {
    this.#slots[this.#indexOf(hash, ref) + 1] = by;
  }

  /** Takes out a reference, which is there; those behind it that are not at their places move up. */
  remove(hash: number, ref: number): void {
    const slots = this.#slots;
    let at = this.#indexOf(hash, ref);
    for (let next = at + 2; next < slots.length; at = next, next += 2) {
      const moved = slots[next + 1]!;
      if (moved === 0 || slots[next]! >>> this.#shift << 1 === next) break;
      slots[at] = slots[next]!;
      slots[at + 1] = moved;
    }
    slots[at + 1] = 0;
  }

  /**
   * Visits the references of the hashes from `from` on and before `end`, in their order; those with equal
   * hashes are visited all or none.
   *
   * @returns The first hash that was not reached; `end` when all were.
   */
  walk(from: number, end: number, visitor: Visitor): number {
    let last = -1;
    for (let slot = Math.floor(from / 2 ** this.#shift); slot < this.length; slot++) {
      const ref = this.refAt(slot);
      if (ref === 0) {
        const first = this.firstHash(slot);
        if (first >= end) break;
        if (visitor.pass()) return Math.max(first, from);
        continue;
      }
      const hash = this.hashAt(slot) >>> 0;
      if (hash < from) continue;
      if (hash >= end) break;
      if (hash !== last && visitor.isFull()) return hash;
      visitor.visit(ref);
      last = hash;
    }
    return end;
  }

  #isBefore(at: number, hash: number): boolean {
    const slots = this.#slots;
    return at < slots.length && slots[at + 1] !== 0 && slots[at]! >>> 0 <= hash >>> 0;
  }

  #indexOf(hash: number, ref: number): number {
    const slots = this.#slots;
    let at = hash >>> this.#shift << 1;
    for (; at < slots.length; at += 2) if (slots[at] === hash && slots[at + 1] === ref) return at;
    throw new Error(`Cannot find reference ${ref} of hash ${hash}: it is not in the table`);
  }

  /** Makes the tail longer. It is long enough for all but chosen hashes, which nobody can choose. */
  #extend(): void {
    const longer = this.#makeSlots(this.#slots.length + 2 * TAIL);
    longer.set(this.#slots);
    this.#slots = longer;
  }
}
