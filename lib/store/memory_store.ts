/**
 * Entries in memory.
 *
 * @module
 */

import { startsWith } from "@std/bytes";
import { StoreContext } from "./context.ts";
import type { Encoding, Entry } from "./entry.ts";
import type { ExpiryHeap } from "./expiry_heap.ts";
import type { KeyIndex } from "./key_index.ts";
import { Keyspace } from "./keyspace.ts";
import { type Page, type PageOptions, PageVisitor } from "./page.ts";
import { type EntryVisitor, RecordVisitor } from "./record_visitor.ts";
import type { Records } from "./records.ts";
import type { Sections } from "./sections.ts";
import { SharedMemory } from "./shared_memory.ts";
import type { SharedStore } from "./shared_words.ts";
import type { StoreOptions } from "./store_options.ts";
import { StoredEntry } from "./stored_entry.ts";
import { ValueFinder } from "./value_finder.ts";

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
  readonly #sections: Sections | undefined;
  readonly #memory: SharedMemory | undefined;
  /** Finds values of keys that stand among other bytes. */
  readonly finder: ValueFinder;
  readonly #keyspace: Keyspace;
  readonly #records: Records;
  readonly #index: KeyIndex;
  readonly #expiring: ExpiryHeap;
  readonly #onExpired: (key: Uint8Array) => void;
  readonly #onCreated: (key: Uint8Array) => void;
  #expired = 0;

  /** Makes an empty store. */
  constructor(options: StoreOptions = {}) {
    this.number = options.number ?? 0;
    this.#context = options.context ??
      new StoreContext(options.now, undefined, options.shared);
    const sections = this.#sections = this.#context.sections;
    this.#memory = sections && new SharedMemory(this.number, sections, this.#context.pool);
    this.#keyspace = new Keyspace(this.#context, options.seed, this.#memory);
    this.finder = new ValueFinder(this.#keyspace, this.#context);
    this.#records = this.#keyspace.records;
    this.#index = this.#keyspace.index;
    this.#expiring = this.#keyspace.expiring;
    this.#onExpired = options.onExpired ?? (() => {});
    this.#onCreated = options.onCreated ?? (() => {});
  }

  /** How many entries there are, with those that have expired and were not met since. */
  get size(): number {
    return this.#index.size;
  }

  /** How many bytes the keys and values have together. */
  get bytes(): number {
    return this.#keyspace.bytes;
  }

  /** How many bytes the store really holds, with what is free in it for further entries. */
  get memory(): number {
    return this.#keyspace.memory;
  }

  /**
   * How many bytes of that the entries take: blocks, slots of the index and places in the heap that are in
   * use. Each entry that goes makes it less by what it took, which {@linkcode MemoryStore.memory} is not at
   * once.
   */
  get used(): number {
    return this.#keyspace.used;
  }

  /** How many entries can expire. */
  get expiringSize(): number {
    return this.#expiring.size;
  }

  /** How many entries have expired and were removed. */
  get expired(): number {
    return this.#expired;
  }

  /** What a reader in another thread needs to begin with; `undefined` when the store is not shared. */
  get shared(): SharedStore | undefined {
    return this.#memory?.store;
  }

  /** Notes for readers which database it is. To be called while a change is begun. */
  noteDatabase(index: number): void {
    this.#memory?.noteDatabase(index);
  }

  /** The present time of the store's clock, in milliseconds since 1970. */
  now(): number {
    return this.#context.now();
  }

  /** The entry of a key. It is good until the next write to the store, and what was taken from it for ever. */
  get(key: Uint8Array): Entry | undefined {
    const ref = this.#find(key, this.#keyspace.hashOf(key));
    if (ref === 0) return undefined;
    if (this.#context.touching) this.#records.headers.touch(ref);
    return new StoredEntry(this.#records, ref);
  }

  /** The entry of a key, as {@linkcode MemoryStore.get} gives it; looking at it is no access. */
  peek(key: Uint8Array): Entry | undefined {
    const ref = this.#find(key, this.#keyspace.hashOf(key));
    return ref === 0 ? undefined : new StoredEntry(this.#records, ref);
  }

  /** Makes this the time of an entry's last access; false when there is no such entry. */
  touch(key: Uint8Array): boolean {
    const ref = this.#find(key, this.#keyspace.hashOf(key));
    if (ref === 0) return false;
    this.#records.headers.touch(ref);
    return true;
  }

  /** The version of an entry; 0 when there is none. */
  versionOf(key: Uint8Array): number {
    const ref = this.#find(key, this.#keyspace.hashOf(key));
    return ref === 0 ? 0 : this.#records.headers.versionOf(ref);
  }

  /** How many bytes an entry takes, of those that are used; 0 when there is none. */
  usedBy(key: Uint8Array): number {
    const ref = this.#find(key, this.#keyspace.hashOf(key));
    return ref === 0 ? 0 : this.#keyspace.usedBy(ref);
  }

  /**
   * Stores a copy of `value`, with a new expiry; returns the new version.
   *
   * @param owned Whether nobody else has the value or any part of its buffer: a large one is then taken over
   *   instead of copied.
   */
  set(
    key: Uint8Array,
    value: Uint8Array,
    expiresAt: number = Infinity,
    encoding: Encoding = "auto",
    owned: boolean = false,
  ): number {
    this.#sections?.begin();
    try {
      this.#keyspace.compact();
      if (expiresAt !== Infinity) {
        this.sweep(SWEPT_BY_WRITE);
        this.#expiring.reserve();
      }
      const hash = this.#keyspace.hashOf(key);
      const found = this.#find(key, hash);
      const made = found === 0
        ? this.#add(key, hash, value, expiresAt !== Infinity, owned)
        : this.#keyspace.replace(found, hash, value, owned);
      if (found !== 0) this.#records.headers.touch(made);
      const version = this.#noteWrite(this.#keyspace.setExpiry(made, hash, expiresAt), encoding);
      this.#context.effects.set(this.number, key, value, expiresAt, version);
      return version;
    } finally {
      this.#sections?.end();
    }
  }

  /** Appends a copy of `tail` and leaves the expiry; returns the new length in bytes. */
  append(key: Uint8Array, tail: Uint8Array): number {
    this.#sections?.begin();
    try {
      this.#keyspace.compact();
      const hash = this.#keyspace.hashOf(key);
      const found = this.#find(key, hash);
      const ref = found === 0
        ? this.#add(key, hash, tail, false, false)
        : this.#keyspace.append(found, hash, tail);
      if (found !== 0) this.#records.headers.touch(ref);
      const version = this.#noteWrite(ref, found === 0 ? "auto" : "raw");
      const length = this.#records.valueLengthOf(ref);
      const { effects } = this.#context;
      if (found === 0) effects.set(this.number, key, tail, Infinity, version);
      else effects.extend(this.number, key, length - tail.length, tail, version);
      return length;
    } finally {
      this.#sections?.end();
    }
  }

  /** Sets when an entry expires, `Infinity` for never; false when there is no such entry. */
  expire(key: Uint8Array, expiresAt: number): boolean {
    this.#sections?.begin();
    try {
      const hash = this.#keyspace.hashOf(key);
      const found = this.#find(key, hash);
      if (found === 0) return false;
      if (expiresAt !== Infinity) this.#expiring.reserve();
      const ref = this.#keyspace.setExpiry(found, hash, expiresAt);
      if (this.#context.touching) this.#records.headers.touch(ref);
      const version = this.#context.nextVersion();
      this.#records.headers.setVersion(ref, version);
      this.#context.effects.expire(this.number, key, expiresAt, version);
      return true;
    } finally {
      this.#sections?.end();
    }
  }

  /** Removes an entry; false when there is none. */
  delete(key: Uint8Array): boolean {
    this.#sections?.begin();
    try {
      this.#keyspace.compact();
      const hash = this.#keyspace.hashOf(key);
      const ref = this.#find(key, hash);
      if (ref === 0) return false;
      this.#keyspace.remove(ref, hash);
      this.#context.effects.delete(this.number, key, this.#context.nextVersion());
      return true;
    } finally {
      this.#sections?.end();
    }
  }

  /** Removes all entries. */
  clear(): void {
    if (this.size === 0) return;
    this.#sections?.begin();
    try {
      this.#keyspace.clear();
      this.#context.effects.clear(this.number, this.#context.nextVersion());
    } finally {
      this.#sections?.end();
    }
  }

  /** The key of any entry, each as likely as another; `undefined` when there is none. */
  randomKey(): Uint8Array | undefined {
    while (this.size > 0) {
      const ref = this.#index.random(this.#context.random);
      if (!this.#isOver(ref)) return this.#records.keyOf(ref);
      this.#expire(ref, this.#keyspace.hashAt(ref));
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
    this.#expire(ref, this.#keyspace.hashAt(ref));
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
      this.#sections?.begin();
      try {
        this.#expire(ref, this.#keyspace.hashAt(ref));
        this.#keyspace.compact();
      } finally {
        this.#sections?.end();
      }
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

  #add(
    key: Uint8Array,
    hash: number,
    value: Uint8Array,
    expires: boolean,
    owned: boolean,
  ): number {
    this.#onCreated(key);
    return this.#keyspace.add(key, hash, value, expires, owned);
  }

  #noteWrite(ref: number, encoding: Encoding): number {
    const version = this.#context.nextVersion();
    this.#records.headers.setEncoding(ref, encoding);
    this.#records.headers.setVersion(ref, version);
    return version;
  }

  #expire(ref: number, hash: number): void {
    const key = this.#records.keyOf(ref);
    this.#sections?.begin();
    try {
      this.#keyspace.remove(ref, hash);
    } finally {
      this.#sections?.end();
    }
    this.#expired++;
    this.#onExpired(key);
  }
}
