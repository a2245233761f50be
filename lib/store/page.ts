/**
 * Pages of keys.
 *
 * @module
 */

import type { Visitor } from "./hash_table.ts";
import type { Records } from "./records.ts";

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
  /** At how many entries it looks at the most, from 1; at a few more when their hashes are equal. */
  readonly count: number;
  /** It ends when its keys take so many bytes. Default: it does not. */
  readonly maxBytes?: number;
  /** Whether a key is given. */
  readonly matches: (key: Uint8Array) => boolean;
}

/** A page passes over so many empty slots for each entry that it may look at. */
const SLOTS_PER_ENTRY = 10;

/** Collects the keys of a page from a walk. */
export class PageVisitor implements Visitor {
  /** The keys that match, of entries that have not expired. */
  readonly keys: Uint8Array[] = [];
  readonly #records: Records;
  readonly #now: number;
  readonly #matches: (key: Uint8Array) => boolean;
  /** How many entries it may still look at, how many bytes it may take, how many slots it may pass. */
  #entries: number;
  #bytes: number;
  #slots: number;

  /** Begins a page. */
  constructor(records: Records, options: PageOptions, now: number) {
    const { count, maxBytes = Infinity, matches } = options;
    this.#records = records;
    this.#now = now;
    this.#matches = matches;
    this.#entries = count;
    this.#bytes = maxBytes;
    this.#slots = count * SLOTS_PER_ENTRY;
  }

  /** Passes an empty slot. */
  pass(): boolean {
    return --this.#slots < 0;
  }

  /** Whether the page is full. */
  isFull(): boolean {
    return this.#entries <= 0 || this.#bytes <= 0;
  }

  /** Looks at an entry. */
  visit(ref: number): void {
    this.#entries--;
    if (this.#records.expiresAt(ref) <= this.#now) return;
    const key = this.#records.keyOf(ref);
    if (!this.#matches(key)) return;
    this.keys.push(key);
    this.#bytes -= key.length;
  }
}
