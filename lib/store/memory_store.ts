/**
 * Entries in memory.
 *
 * @module
 */

import { startsWith } from "@std/bytes";
import { StoreContext } from "./context.ts";
import type { Encoding, Entry } from "./entry.ts";
import { ExpiryHeap } from "./expiry_heap.ts";
import { type HashSeed, KeyHash } from "./key_hash.ts";
import { KeyIndex } from "./key_index.ts";
import { type Page, type PageOptions, PageVisitor } from "./page.ts";
import { type EntryVisitor, RecordVisitor } from "./record_visitor.ts";
import { Records } from "./records.ts";
import { StoredEntry } from "./stored_entry.ts";

/** What a {@linkcode MemoryStore} may be given. */
export interface StoreOptions {
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** What it shares with other stores, their clock too; without it, it shares nothing. */
  readonly context?: StoreContext;
  /** Its number among them, for who is told of changes. Default 0. */
  readonly number?: number;
  /** Told of each entry that is removed because it has expired; its key never changes. Must not write. */
  readonly onExpired?: (key: Uint8Array) => void;
  /** Told of each entry that is made, before it is there; the key may change afterwards. Must not write. */
  readonly onCreated?: (key: Uint8Array) => void;
  /** What the order of keys in pages depends on. Default: a random one whenever the store is empty. */
  readonly seed?: HashSeed;
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

/** Each write looks at so many blocks of memory that is to become free, and moves what is in them. */
const MOVED_BY_WRITE = 32;

/** When the last entry goes and so much is held, all of it is given away. */
const KEPT_WHEN_EMPTY = 65_536;

/**
 * Keys and values, any bytes, with expiry and versions. They stand as bytes in a few large arrays: an entry
 * has no object on the heap, so that it is found with fewer cache misses and takes less memory.
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
  /** Its number among the stores that it shares a context with; it never changes. */
  readonly number: number;
  readonly #context: StoreContext;
  readonly #seed: HashSeed | undefined;
  #hash: KeyHash;
  readonly #records: Records;
  readonly #index: KeyIndex;
  readonly #expiring: ExpiryHeap;
  readonly #onExpired: (key: Uint8Array) => void;
  readonly #onCreated: (key: Uint8Array) => void;
  #bytes = 0;
  #expired = 0;

  /** Makes an empty store. */
  constructor(options: StoreOptions = {}) {
    this.number = options.number ?? 0;
    this.#context = options.context ?? new StoreContext(options.now);
    this.#seed = options.seed;
    this.#hash = new KeyHash(options.seed);
    this.#records = new Records(this.#context);
    this.#index = new KeyIndex(this.#records);
    this.#expiring = new ExpiryHeap(this.#records);
    this.#onExpired = options.onExpired ?? (() => {});
    this.#onCreated = options.onCreated ?? (() => {});
  }

  /** How many entries there are, with those that have expired and were not met since. */
  get size(): number {
    return this.#index.size;
  }

  /** How many bytes the keys and values have together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many bytes the store really holds, with what is free in it for further entries. */
  get memory(): number {
    return this.#records.memory + this.#index.memory + this.#expiring.memory;
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

  /** The entry of a key. It is good until the next write to the store, and what was taken from it for ever. */
  get(key: Uint8Array): Entry | undefined {
    const ref = this.#find(key, this.#hash.of(key));
    if (ref === 0) return undefined;
    if (this.#context.touching) this.#records.touch(ref);
    return new StoredEntry(this.#records, ref);
  }

  /** The entry of a key, as {@linkcode MemoryStore.get} gives it; looking at it is no access. */
  peek(key: Uint8Array): Entry | undefined {
    const ref = this.#find(key, this.#hash.of(key));
    return ref === 0 ? undefined : new StoredEntry(this.#records, ref);
  }

  /** Makes this the time of an entry's last access; false when there is no such entry. */
  touch(key: Uint8Array): boolean {
    const ref = this.#find(key, this.#hash.of(key));
    if (ref === 0) return false;
    this.#records.touch(ref);
    return true;
  }

  /** The version of an entry; 0 when there is none. */
  versionOf(key: Uint8Array): number {
    const ref = this.#find(key, this.#hash.of(key));
    return ref === 0 ? 0 : this.#records.versionOf(ref);
  }

  /** Stores a copy of `value`, with a new expiry; returns the new version. */
  set(
    key: Uint8Array,
    value: Uint8Array,
    expiresAt: number = Infinity,
    encoding: Encoding = "auto",
  ): number {
    this.#compact();
    if (expiresAt !== Infinity) {
      this.sweep(SWEPT_BY_WRITE);
      this.#expiring.reserve();
    }
    const hash = this.#hash.of(key);
    const found = this.#find(key, hash);
    const made = found === 0
      ? this.#add(key, hash, value, expiresAt !== Infinity)
      : this.#replace(found, hash, value);
    if (found !== 0) this.#records.touch(made);
    const version = this.#noteWrite(this.#setExpiry(made, hash, expiresAt), encoding);
    this.#context.effects.set(this.number, key, value, expiresAt, version);
    return version;
  }

  /** Appends a copy of `tail` and leaves the expiry; returns the new length in bytes. */
  append(key: Uint8Array, tail: Uint8Array): number {
    this.#compact();
    const hash = this.#hash.of(key);
    const found = this.#find(key, hash);
    const ref = found === 0
      ? this.#add(key, hash, tail, false)
      : this.#moved(found, this.#records.append(found, tail), hash);
    if (found !== 0) {
      this.#records.touch(ref);
      this.#bytes += tail.length;
    }
    const version = this.#noteWrite(ref, found === 0 ? "auto" : "raw");
    const length = this.#records.valueLengthOf(ref);
    const { effects } = this.#context;
    if (found === 0) effects.set(this.number, key, tail, Infinity, version);
    else effects.extend(this.number, key, length - tail.length, tail, version);
    return length;
  }

  /** Sets when an entry expires, `Infinity` for never; false when there is no such entry. */
  expire(key: Uint8Array, expiresAt: number): boolean {
    const hash = this.#hash.of(key);
    const found = this.#find(key, hash);
    if (found === 0) return false;
    if (expiresAt !== Infinity) this.#expiring.reserve();
    const ref = this.#setExpiry(found, hash, expiresAt);
    if (this.#context.touching) this.#records.touch(ref);
    const version = this.#context.nextVersion();
    this.#records.setVersion(ref, version);
    this.#context.effects.expire(this.number, key, expiresAt, version);
    return true;
  }

  /** Removes an entry; false when there is none. */
  delete(key: Uint8Array): boolean {
    this.#compact();
    const hash = this.#hash.of(key);
    const ref = this.#find(key, hash);
    if (ref === 0) return false;
    this.#remove(ref, hash);
    this.#context.effects.delete(this.number, key, this.#context.nextVersion());
    return true;
  }

  /** Removes all entries. */
  clear(): void {
    if (this.size === 0) return;
    this.#giveAll();
    this.#context.effects.clear(this.number, this.#context.nextVersion());
  }

  /**
   * Gives all memory away. The keys get another order: a client may add them again in the one in which it has
   * scanned them, which would fill a growing table from its front and make each insertion a walk over all.
   */
  #giveAll(): void {
    this.#hash = new KeyHash(this.#seed);
    this.#records.clear();
    this.#index.clear();
    this.#expiring.clear();
    this.#bytes = 0;
  }

  /** The key of any entry, each as likely as another; `undefined` when there is none. */
  randomKey(): Uint8Array | undefined {
    while (this.size > 0) {
      const ref = this.#index.random(this.#context.random);
      if (!this.#isOver(ref)) return this.#records.keyOf(ref);
      this.#expire(ref, this.#records.hashOf(ref, this.#hash));
    }
    return undefined;
  }

  /**
   * Any entry, or any that expires, each as likely as another; `undefined` when there is none, or when it
   * has expired: then it is removed. Looking at it is no access.
   */
  randomEntry(expiring: boolean): Entry | undefined {
    if ((expiring ? this.expiringSize : this.size) === 0) return undefined;
    const { random } = this.#context;
    const ref = expiring ? this.#expiring.random(random) : this.#index.random(random);
    if (!this.#isOver(ref)) return new StoredEntry(this.#records, ref);
    this.#expire(ref, this.#records.hashOf(ref, this.#hash));
    return undefined;
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
   * A page of the keys that match, in the order of their hashes. An entry that stays from the first page to
   * the last is looked at for exactly one of them; one that comes or goes meanwhile may be on one. A page
   * looks at a bounded number of entries, so that it may be empty and still not be the last.
   */
  page(options: PageOptions): Page {
    const page = new PageVisitor(this.#records, options, this.now());
    const cursor = this.#index.walk(options.cursor, page);
    return { cursor, keys: page.keys };
  }

  /**
   * Shows entries to a visitor, in the order of their hashes, until it has enough. An entry that stays from
   * the first walk to the last is shown once; one that comes or goes meanwhile may be.
   *
   * @param from 0 for the first walk, then what the walk before has returned.
   * @returns Where the next walk begins; 0 when this one was the last.
   */
  walk(from: number, visitor: EntryVisitor): number {
    return this.#index.walk(from, new RecordVisitor(this.#records, visitor));
  }

  /**
   * Removes entries that have expired, up to `budget` of them.
   *
   * @returns How many were removed; fewer than `budget` when no other one has expired.
   */
  sweep(budget: number): number {
    if (!this.#context.activeExpiry || this.#context.replaying) return 0;
    const now = this.now();
    let removed = 0;
    while (removed < budget && this.#expiring.nextTime <= now) {
      const ref = this.#expiring.next;
      this.#expire(ref, this.#records.hashOf(ref, this.#hash));
      this.#compact();
      removed++;
    }
    return removed;
  }

  /** The record of a key; 0 when there is none. One that has expired is removed. */
  #find(key: Uint8Array, hash: number): number {
    const ref = this.#index.find(hash, key);
    if (ref === 0 || !this.#isOver(ref)) return ref;
    this.#expire(ref, hash);
    return 0;
  }

  #isOver(ref: number): boolean {
    const expiresAt = this.#records.expiresAt(ref);
    return expiresAt !== Infinity && !this.#context.replaying && expiresAt <= this.now();
  }

  /** Adds a record; when there is no memory for all of it, there is nothing of it. */
  #add(key: Uint8Array, hash: number, value: Uint8Array, expires: boolean): number {
    this.#onCreated(key);
    const made = this.#records.create(key, value.length, expires);
    let ref = made;
    try {
      ref = this.#records.setValue(made, value);
      this.#index.insert(hash, ref);
    } catch (error) {
      this.#records.remove(ref);
      throw error;
    }
    this.#bytes += key.length + value.length;
    return ref;
  }

  /** Gives a record another value; returns where it is then. */
  #replace(found: number, hash: number, value: Uint8Array): number {
    const length = this.#records.valueLengthOf(found);
    const ref = this.#moved(found, this.#records.setValue(found, value), hash);
    this.#bytes += value.length - length;
    return ref;
  }

  /** Moves a few records out of memory that is to become free. No reference is good behind it. */
  #compact(): void {
    try {
      for (let looks = 0; looks < MOVED_BY_WRITE && this.#records.isVacating; looks++) {
        const from = this.#records.nextToMove();
        if (from === 0) continue;
        const to = this.#records.move(from);
        this.#moved(from, to, this.#records.hashOf(to, this.#hash));
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // There is no memory: the next write tries again.
    }
  }

  /** Notes that a record may have moved; returns where it is. */
  #moved(from: number, to: number, hash: number): number {
    if (from === to) return to;
    this.#index.replace(hash, from, to);
    const place = this.#records.placeOf(to);
    if (place !== 0) this.#expiring.rename(place, to);
    return to;
  }

  #noteWrite(ref: number, encoding: Encoding): number {
    const version = this.#context.nextVersion();
    this.#records.setEncoding(ref, encoding);
    this.#records.setVersion(ref, version);
    return version;
  }

  /** Sets when an entry ends; returns where its record is then. There is room for it in the heap. */
  #setExpiry(ref: number, hash: number, expiresAt: number): number {
    if (expiresAt === Infinity) {
      this.#expiring.remove(ref);
      this.#records.dropExpiry(ref);
      return ref;
    }
    const to = this.#moved(ref, this.#records.setExpiresAt(ref, expiresAt), hash);
    this.#expiring.update(to, expiresAt);
    return to;
  }

  #expire(ref: number, hash: number): void {
    const key = this.#records.keyOf(ref);
    this.#expired++;
    this.#remove(ref, hash);
    this.#onExpired(key);
  }

  #remove(ref: number, hash: number): void {
    const records = this.#records;
    this.#bytes -= records.keyLengthOf(ref) + records.valueLengthOf(ref);
    this.#index.remove(hash, ref);
    this.#expiring.remove(ref);
    records.remove(ref);
    if (this.size === 0 && this.memory > KEPT_WHEN_EMPTY) this.#giveAll();
  }
}
