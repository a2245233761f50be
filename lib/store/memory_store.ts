/**
 * Entries in memory.
 *
 * @module
 */

import { NO_BYTES } from "../bytes/mod.ts";
import { startsWith } from "@std/bytes";
import { ExpiryHeap } from "./expiry_heap.ts";

/** What is stored under a key. */
export interface Entry {
  /** The key; never changes. */
  readonly key: Uint8Array;
  /** The value. Its bytes never change: a new value is a new array, so that a reply may hold this one. */
  readonly value: Uint8Array;
  /** When the entry ends, in milliseconds since 1970; `Infinity` when it does not. */
  readonly expiresAt: number;
  /** Changes with every write to the entry, and is never given twice by one store. From 1. */
  readonly version: number;
}

/** What a {@linkcode MemoryStore} may be given. */
export interface StoreOptions {
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** A page of keys. */
export interface Page {
  /** Where the next page begins; 0 when this one is the last. */
  readonly cursor: number;
  /** The keys. */
  readonly keys: Uint8Array[];
}

/** An entry and its places in the store's lists. */
interface Slot {
  key: Uint8Array;
  value: Uint8Array;
  expiresAt: number;
  version: number;
  /** The store's count of entries when this one was made: the order of a scan, and its cursor. */
  readonly born: number;
  /** Whether the entry is gone; its slot stays until the list is compacted. */
  dead: boolean;
  /** Its place among the entries that expire. */
  place: number;
}

/** A page of a scan looks at so many entries at the most... */
const SCAN_ENTRIES = 1_000;
/** ...and ends when its keys take so many bytes. */
const SCAN_BYTES = 65_536;
/** Dead slots are dropped when there are more than this and more than there are live ones. */
const MIN_DEAD = 1_024;
/**
 * Each write of an entry that expires removes so many that have expired: two for one, so that expired entries
 * cannot pile up, however fast they are written.
 */
const SWEPT_BY_WRITE = 2;
/** Appending leaves this much room again, so that a value which grows by appends is rarely copied. */
const APPEND_GROWTH = 2;

/**
 * Keys and values, any bytes, with expiry and versions, on the heap.
 *
 * What is stored is copied: callers may pass views of buffers. An entry that has expired is never seen
 * again; it is removed when it is met, or by {@linkcode MemoryStore.sweep}.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@cortado/cortado/store";
 * import { assertEquals } from "@std/assert";
 *
 * let now = 1_000;
 * const store = new MemoryStore({ now: () => now });
 * const key = new TextEncoder().encode("k");
 * store.set(key, Uint8Array.of(7), now + 50);
 * assertEquals(store.get(key)?.value, Uint8Array.of(7));
 * now += 50;
 * assertEquals(store.get(key), undefined);
 * ```
 */
export class MemoryStore {
  readonly #now: () => number;
  readonly #byKey = new Map<string, Slot>();
  /** All slots in the order of `born`, with dead ones between them. */
  #slots: Slot[] = [];
  #dead = 0;
  readonly #expiring = new ExpiryHeap<Slot>();
  #births = 0;
  #version = 0;
  #bytes = 0;
  #expired = 0;

  /** Makes an empty store. */
  constructor(options: StoreOptions = {}) {
    this.#now = options.now ?? Date.now;
  }

  /** How many entries there are, with those that have expired and were not met since. */
  get size(): number {
    return this.#byKey.size;
  }

  /** How many bytes the keys and values have together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many entries can expire. */
  get expiringSize(): number {
    return this.#expiring.size;
  }

  /** How many entries have expired and were removed. */
  get expired(): number {
    return this.#expired;
  }

  /** The present time of the store's clock, in milliseconds since 1970. */
  now(): number {
    return this.#now();
  }

  /** The entry of a key. It is read-only and shows the present state until the key is next written. */
  get(key: Uint8Array): Entry | undefined {
    return this.#find(nameOf(key));
  }

  /** Stores a copy of `value`, with a new expiry; returns the new version. */
  set(key: Uint8Array, value: Uint8Array, expiresAt: number = Infinity): number {
    if (expiresAt !== Infinity) this.sweep(SWEPT_BY_WRITE);
    const slot = this.#findOrCreate(key);
    this.#setValue(slot, copyOf(value));
    this.#setExpiry(slot, expiresAt);
    return slot.version;
  }

  /** Appends a copy of `tail` and leaves the expiry; returns the new length in bytes. */
  append(key: Uint8Array, tail: Uint8Array): number {
    const slot = this.#findOrCreate(key);
    this.#setValue(slot, appended(slot.value, tail));
    return slot.value.length;
  }

  /** Sets when an entry expires, `Infinity` for never; false when there is no such entry. */
  expire(key: Uint8Array, expiresAt: number): boolean {
    const slot = this.#find(nameOf(key));
    if (slot === undefined) return false;
    slot.version = ++this.#version;
    this.#setExpiry(slot, expiresAt);
    return true;
  }

  /** Removes an entry; false when there is none. */
  delete(key: Uint8Array): boolean {
    const name = nameOf(key);
    const slot = this.#find(name);
    if (slot === undefined) return false;
    this.#remove(name, slot);
    return true;
  }

  /**
   * A page of the keys that begin with `prefix`. An entry that stays from the first page to the last is
   * on exactly one of them; one that comes or goes meanwhile may be on one. A page looks at a bounded
   * number of entries, so that it may be empty and still not be the last.
   *
   * @param cursor 0 for the first page, then that of the page before.
   */
  scan(prefix: Uint8Array, cursor: number): Page {
    const keys: Uint8Array[] = [];
    const now = this.#now();
    const slots = this.#slots;
    const first = this.#firstBornAfter(cursor);
    const end = Math.min(slots.length, first + SCAN_ENTRIES);
    let bytes = 0;
    let at = first;
    for (; at < end && bytes < SCAN_BYTES; at++) {
      const slot = slots[at]!;
      if (slot.dead || slot.expiresAt <= now || !startsWith(slot.key, prefix)) continue;
      keys.push(slot.key);
      bytes += slot.key.length;
    }
    return { cursor: at < slots.length ? slots[at - 1]!.born : 0, keys };
  }

  /**
   * Removes entries that have expired, up to `budget` of them.
   *
   * @returns How many were removed; fewer than `budget` when no other one has expired.
   */
  sweep(budget: number): number {
    const now = this.#now();
    let removed = 0;
    while (removed < budget) {
      const next = this.#expiring.next;
      if (next === undefined || next.expiresAt > now) break;
      this.#expire(nameOf(next.key), next);
      removed++;
    }
    return removed;
  }

  #find(name: string): Slot | undefined {
    const slot = this.#byKey.get(name);
    if (slot === undefined || slot.expiresAt === Infinity) return slot;
    if (slot.expiresAt > this.#now()) return slot;
    this.#expire(name, slot);
    return undefined;
  }

  #findOrCreate(key: Uint8Array): Slot {
    const name = nameOf(key);
    const found = this.#find(name);
    if (found !== undefined) return found;
    const slot: Slot = {
      key: copyOf(key),
      value: NO_BYTES,
      expiresAt: Infinity,
      version: 0,
      born: ++this.#births,
      dead: false,
      place: -1,
    };
    this.#byKey.set(name, slot);
    this.#slots.push(slot);
    this.#bytes += key.length;
    return slot;
  }

  #setValue(slot: Slot, value: Uint8Array): void {
    this.#bytes += value.length - slot.value.length;
    slot.value = value;
    slot.version = ++this.#version;
  }

  #setExpiry(slot: Slot, expiresAt: number): void {
    slot.expiresAt = expiresAt;
    if (expiresAt === Infinity) this.#expiring.remove(slot);
    else this.#expiring.update(slot);
  }

  #expire(name: string, slot: Slot): void {
    this.#expired++;
    this.#remove(name, slot);
  }

  #remove(name: string, slot: Slot): void {
    this.#byKey.delete(name);
    this.#expiring.remove(slot);
    this.#bytes -= slot.key.length + slot.value.length;
    slot.dead = true;
    slot.key = slot.value = NO_BYTES;
    this.#dead++;
    if (this.#dead > MIN_DEAD && this.#dead > this.#byKey.size) {
      this.#slots = this.#slots.filter(({ dead }) => !dead);
      this.#dead = 0;
    }
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

/** A key longer than this is made a string in pieces: `apply` puts all characters on the stack. */
const PIECE = 8_192;

/** The key as a string with one character a byte, for the map. */
export function nameOf(key: Uint8Array): string {
  if (key.length <= PIECE) return fromCharCodes(key);
  let name = "";
  for (let at = 0; at < key.length; at += PIECE) {
    name += fromCharCodes(key.subarray(at, at + PIECE));
  }
  return name;
}

function fromCharCodes(bytes: Uint8Array): string {
  // A Uint8Array is array-like, which `apply` takes; its type says Array.
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length); // `slice` takes far longer for small arrays.
  copy.set(bytes);
  return copy;
}

/** The value with a tail. Room behind it is used in place: earlier values end before it. */
function appended(value: Uint8Array, tail: Uint8Array): Uint8Array {
  const length = value.length + tail.length;
  if (value.byteOffset + length <= value.buffer.byteLength) {
    const whole = new Uint8Array(value.buffer, value.byteOffset, length);
    whole.set(tail, value.length);
    return whole;
  }
  const room = new Uint8Array(value.length === 0 ? length : length * APPEND_GROWTH);
  room.set(value);
  room.set(tail, value.length);
  return new Uint8Array(room.buffer, 0, length);
}
