/**
 * Entries in memory.
 *
 * @module
 */

import { NO_BYTES } from "../bytes/mod.ts";
import { startsWith } from "@std/bytes";
import { appended, copyOf, nameOf } from "./bytes.ts";
import { StoreContext } from "./context.ts";
import type { Encoding, Entry, Slot } from "./entry.ts";
import { ExpiryHeap } from "./expiry_heap.ts";
import { type Page, type PageOptions, SlotList } from "./slot_list.ts";

/** What a {@linkcode MemoryStore} may be given. */
export interface StoreOptions {
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** What it shares with other stores, their clock too; without it, it shares nothing. */
  readonly context?: StoreContext;
  /** Told of each entry that is removed because it has expired; its key never changes. */
  readonly onExpired?: (key: Uint8Array) => void;
  /** Told of each entry that is made, before its value is set. */
  readonly onCreated?: (key: Uint8Array) => void;
}

/** A page of a scan looks at so many entries at the most... */
const SCAN_ENTRIES = 1_000;
/** ...and ends when its keys take so many bytes. */
const SCAN_BYTES = 65_536;
/**
 * Each write of an entry that expires removes so many that have expired: two for one, so that expired entries
 * cannot pile up, however fast they are written.
 */
const SWEPT_BY_WRITE = 2;

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
  readonly #context: StoreContext;
  readonly #byKey = new Map<string, Slot>();
  readonly #slots = new SlotList();
  readonly #expiring = new ExpiryHeap<Slot>();
  readonly #onExpired: (key: Uint8Array) => void;
  readonly #onCreated: (key: Uint8Array) => void;
  #bytes = 0;
  #expired = 0;

  /** Makes an empty store. */
  constructor(options: StoreOptions = {}) {
    this.#context = options.context ?? new StoreContext(options.now);
    this.#onExpired = options.onExpired ?? (() => {});
    this.#onCreated = options.onCreated ?? (() => {});
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
    return this.#context.now();
  }

  /** The entry of a key. It is read-only and shows the present state until the key is next written. */
  get(key: Uint8Array): Entry | undefined {
    const slot = this.#find(nameOf(key));
    if (slot !== undefined && this.#context.touching) slot.accessedAt = this.#context.time;
    return slot;
  }

  /** The entry of a key, as {@linkcode MemoryStore.get} gives it; looking at it is no access. */
  peek(key: Uint8Array): Entry | undefined {
    return this.#find(nameOf(key));
  }

  /** Makes this the time of an entry's last access; false when there is no such entry. */
  touch(key: Uint8Array): boolean {
    const slot = this.#find(nameOf(key));
    if (slot === undefined) return false;
    slot.accessedAt = this.#context.time;
    return true;
  }

  /** The version of an entry; 0 when there is none. */
  versionOf(key: Uint8Array): number {
    return this.#find(nameOf(key))?.version ?? 0;
  }

  /** Stores a copy of `value`, with a new expiry; returns the new version. */
  set(
    key: Uint8Array,
    value: Uint8Array,
    expiresAt: number = Infinity,
    encoding: Encoding = "auto",
  ): number {
    if (expiresAt !== Infinity) this.sweep(SWEPT_BY_WRITE);
    const slot = this.#findOrCreate(key);
    this.#setValue(slot, copyOf(value), encoding);
    this.#setExpiry(slot, expiresAt);
    return slot.version;
  }

  /** Appends a copy of `tail` and leaves the expiry; returns the new length in bytes. */
  append(key: Uint8Array, tail: Uint8Array): number {
    const slot = this.#findOrCreate(key);
    const isNew = slot.version === 0;
    this.#setValue(slot, appended(slot.value, tail), isNew ? "auto" : "raw");
    return slot.value.length;
  }

  /** Sets when an entry expires, `Infinity` for never; false when there is no such entry. */
  expire(key: Uint8Array, expiresAt: number): boolean {
    const slot = this.#find(nameOf(key));
    if (slot === undefined) return false;
    if (this.#context.touching) slot.accessedAt = this.#context.time;
    slot.version = this.#context.nextVersion();
    this.#setExpiry(slot, expiresAt);
    return true;
  }

  /** Removes an entry; false when there is none. */
  delete(key: Uint8Array): boolean {
    const name = nameOf(key);
    const slot = this.#find(name);
    if (slot === undefined) return false;
    this.#remove(name, slot);
    this.#context.removals++;
    return true;
  }

  /** Removes all entries. */
  clear(): void {
    this.#byKey.clear();
    this.#slots.clear();
    this.#expiring.clear();
    this.#bytes = 0;
  }

  /** The key of any entry, each as likely as another; `undefined` when there is none. */
  randomKey(): Uint8Array | undefined {
    while (this.size > 0) {
      const { key } = this.#slots.random();
      if (this.peek(key) !== undefined) return key;
    }
    return undefined;
  }

  /** The key of any entry that expires, each as likely as another; `undefined` when there is none. */
  randomExpiringKey(): Uint8Array | undefined {
    return this.#expiring.random()?.key;
  }

  /** All keys that match. */
  keys(matches: (key: Uint8Array) => boolean): Uint8Array[] {
    return this.page({ cursor: 0, count: Infinity, matches }).keys;
  }

  /**
   * A page of the keys that begin with `prefix`; see {@linkcode MemoryStore.page}.
   *
   * @param cursor 0 for the first page, then that of the page before.
   */
  scan(prefix: Uint8Array, cursor: number): Page {
    const matches = (key: Uint8Array) => startsWith(key, prefix);
    return this.page({ cursor, count: SCAN_ENTRIES, maxBytes: SCAN_BYTES, matches });
  }

  /**
   * A page of the keys that match. An entry that stays from the first page to the last is looked at for
   * exactly one of them; one that comes or goes meanwhile may be on one. A page looks at a bounded number
   * of entries, so that it may be empty and still not be the last.
   */
  page(options: PageOptions): Page {
    return this.#slots.page(options, this.now());
  }

  /**
   * Removes entries that have expired, up to `budget` of them.
   *
   * @returns How many were removed; fewer than `budget` when no other one has expired.
   */
  sweep(budget: number): number {
    if (!this.#context.activeExpiry) return 0;
    const now = this.now();
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
    if (slot.expiresAt > this.now()) return slot;
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
      encoding: "auto",
      expiresAt: Infinity,
      version: 0,
      accessedAt: 0,
      born: this.#slots.nextBirth(),
      dead: false,
      place: -1,
    };
    this.#byKey.set(name, slot);
    this.#slots.add(slot);
    this.#bytes += key.length;
    this.#onCreated(slot.key);
    return slot;
  }

  #setValue(slot: Slot, value: Uint8Array, encoding: Encoding): void {
    this.#bytes += value.length - slot.value.length;
    slot.value = value;
    slot.encoding = encoding;
    slot.version = this.#context.nextVersion();
    slot.accessedAt = this.#context.time;
  }

  #setExpiry(slot: Slot, expiresAt: number): void {
    slot.expiresAt = expiresAt;
    if (expiresAt === Infinity) this.#expiring.remove(slot);
    else this.#expiring.update(slot);
  }

  #expire(name: string, slot: Slot): void {
    const { key } = slot;
    this.#expired++;
    this.#remove(name, slot);
    this.#onExpired(key);
  }

  #remove(name: string, slot: Slot): void {
    this.#byKey.delete(name);
    this.#expiring.remove(slot);
    this.#bytes -= slot.key.length + slot.value.length;
    slot.key = slot.value = NO_BYTES;
    this.#slots.remove(slot);
  }
}
