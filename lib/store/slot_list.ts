/**
 * Entries in the order in which they were made.
 *
 * @module
 */

import type { Slot } from "./entry.ts";

/** A page of keys. */
export interface Page {
  /** Where the next page begins; 0 when this one is the last. */
  readonly cursor: number;
  /** The keys. */
  readonly keys: Uint8Array[];
}

/** What a page of keys is made of. */
export interface PageOptions {
  /** 0 for the first page, then that of the page before. */
  readonly cursor: number;
  /** At how many entries it looks at the most, from 1. */
  readonly count: number;
  /** It ends when its keys take so many bytes. Default: it does not. */
  readonly maxBytes?: number;
  /** Whether a key is given. */
  readonly matches: (key: Uint8Array) => boolean;
}

/** Dead slots are dropped when there are more than this and more than there are live ones. */
const MIN_DEAD = 1_024;
/** A page passes over so many slots for each entry that it may look at, dead ones with them. */
const SLOTS_PER_ENTRY = 10;

/** The slots of a store by `born`, with dead ones between them: a cursor stays good whatever comes or goes. */
export class SlotList {
  #slots: Slot[] = [];
  #dead = 0;
  #births = 0;

  /** What the next slot has as `born`. */
  nextBirth(): number {
    return ++this.#births;
  }

  /** Adds a slot that was born last. */
  add(slot: Slot): void {
    this.#slots.push(slot);
  }

  /** Takes a slot out. */
  remove(slot: Slot): void {
    slot.dead = true;
    this.#dead++;
    if (this.#dead > MIN_DEAD && this.#dead > this.#slots.length - this.#dead) {
      this.#slots = this.#slots.filter(({ dead }) => !dead);
      this.#dead = 0;
    }
  }

  /** Takes all out. Births are counted on, so that a cursor from before gives nothing twice. */
  clear(): void {
    this.#slots = [];
    this.#dead = 0;
  }

  /** Any slot, each as likely as another. There must be one, and few looks find it: see MIN_DEAD. */
  random(): Slot {
    const slots = this.#slots;
    for (;;) {
      const slot = slots[Math.floor(Math.random() * slots.length)]!;
      if (!slot.dead) return slot;
    }
  }

  /** A page of the keys of entries that have not expired by `now`. */
  page({ cursor, count, maxBytes = Infinity, matches }: PageOptions, now: number): Page {
    const keys: Uint8Array[] = [];
    const slots = this.#slots;
    let at = this.#firstBornAfter(cursor);
    const end = Math.min(slots.length, at + count * SLOTS_PER_ENTRY);
    let looked = 0;
    let bytes = 0;
    for (; at < end; at++) {
      const slot = slots[at]!;
      if (slot.dead) continue;
      if (looked === count || bytes >= maxBytes) break;
      looked++;
      if (slot.expiresAt <= now || !matches(slot.key)) continue;
      keys.push(slot.key);
      bytes += slot.key.length;
    }
    return { cursor: at < slots.length ? slots[at - 1]!.born : 0, keys };
  }

  /** The index of the first slot that was made after the one of `cursor`, by binary search. */
  #firstBornAfter(cursor: number): number {
    let low = 0;
    let high = this.#slots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#slots[middle]!.born <= cursor) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
