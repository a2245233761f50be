/**
 * Numbered databases.
 *
 * @module
 */

import { DATABASE_COUNT } from "../model/mod.ts";
import type { Accesses } from "./accesses.ts";
import { StoreContext } from "./context.ts";
import type { Effects } from "./effects.ts";
import type { HashSeed } from "./key_hash.ts";
import type { Loans } from "./loans.ts";
import { MemoryStore } from "./memory_store.ts";
import type { Sections } from "./sections.ts";
import type { SharedDatabases } from "./shared_words.ts";

/** What {@linkcode Databases} are made of. */
export interface DatabasesOptions {
  /** How many there are. Default 16, which is what clients count on. */
  readonly count?: number;
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** A number from 0 to 1, for what is picked at random and for counting accesses. Default `Math.random`. */
  readonly random?: () => number;
  /** What the order of keys in pages depends on. Default: a random one for each database. */
  readonly seed?: HashSeed;
  /** Whether other threads may read them, each with a `DatabasesReader`. Default false. */
  readonly shared?: boolean;
}

/**
 * Several stores, by number from 0. They share a clock and their versions, so that an entry which moves
 * from one to another is never taken for what stood there before.
 *
 * @example
 * ```ts
 * import { Databases } from "@cortado/cortado/store";
 * import { assertEquals } from "@std/assert";
 *
 * const databases = new Databases({ count: 2 });
 * databases.at(0).set(Uint8Array.of(1), Uint8Array.of(7));
 * databases.swap(0, 1);
 * assertEquals([databases.at(0).size, databases.at(1).size], [0, 1]);
 * ```
 */
export class Databases {
  /** Told of each entry that is removed because it has expired: its key, and the number of its database. */
  onExpired: (key: Uint8Array, index: number) => void = () => {};
  /** Told of each entry that is made, before its value is set: its key, and the number of its database. */
  onCreated: (key: Uint8Array, index: number) => void = () => {};
  readonly #context: StoreContext;
  /** The stores by their numbers, and in the order of the databases that they are now. */
  readonly #numbered: readonly MemoryStore[];
  readonly #stores: MemoryStore[];

  /** Makes empty databases. */
  constructor(options: DatabasesOptions = {}) {
    const { count = DATABASE_COUNT, now, random, seed, shared } = options;
    const context = new StoreContext(now, random, shared);
    this.#context = context;
    this.#numbered = Array.from({ length: count }, (_, number) => {
      const onExpired = (key: Uint8Array) => this.onExpired(key, this.#stores.indexOf(store));
      const onCreated = (key: Uint8Array) => this.onCreated(key, this.#stores.indexOf(store));
      const store: MemoryStore = new MemoryStore({
        ...{ context, number, onExpired, onCreated },
        ...(seed !== undefined && { seed }),
      });
      return store;
    });
    this.#stores = [...this.#numbered];
  }

  /** How many databases there are. */
  get count(): number {
    return this.#stores.length;
  }

  /** The present time, in milliseconds since 1970. */
  now(): number {
    return this.#context.now();
  }

  /** The largest version that was given: as many changes of entries there were, ever. */
  get version(): number {
    return this.#context.version;
  }

  /** Who is told of each change. */
  set effects(effects: Effects) {
    this.#context.effects = effects;
  }

  /** The numbers of the stores that the databases are, in order. */
  get order(): readonly number[] {
    return this.#stores.map(({ number }) => number);
  }

  /**
   * What keeps readers in other threads from seeing changes half done; `undefined` when the databases are not
   * shared. What is done between its `begin` and `end` they see whole or not at all; meanwhile they ask.
   */
  get sections(): Sections | undefined {
    return this.#context.sections;
  }

  /** Changes several entries so that readers in other threads see all of it or nothing, in one turn. */
  together(change: () => void): void {
    const { sections } = this.#context;
    sections?.begin();
    try {
      change();
    } finally {
      sections?.end();
    }
  }

  /** What readers in other threads need to begin with; `undefined` when the databases are not shared. */
  get shared(): SharedDatabases | undefined {
    const stores = this.#numbered.flatMap(({ shared }) => shared ?? []);
    return stores.length === 0 ? undefined : { stores, order: this.order };
  }

  /** A number from 0 to 1. */
  random(): number {
    return this.#context.random();
  }

  /** The values that replies hold as views. */
  get loans(): Loans {
    return this.#context.loans;
  }

  /** How accesses are counted. */
  get accesses(): Accesses {
    return this.#context.accesses;
  }

  /** Whether reading an entry counts as an access: false for a client that wants to leave no trace. */
  get touching(): boolean {
    return this.#context.touching;
  }

  /** Says whether reading an entry counts as an access. */
  set touching(value: boolean) {
    this.#context.touching = value;
  }

  /** Whether entries that have expired are removed before they are met. */
  get activeExpiry(): boolean {
    return this.#context.activeExpiry;
  }

  /** Says whether entries that have expired are removed before they are met. */
  set activeExpiry(value: boolean) {
    this.#context.activeExpiry = value;
  }

  /** The database of a number from 0 to `count - 1`. */
  at(index: number): MemoryStore {
    return this.#stores[index]!;
  }

  /** Gives each of two databases the number of the other. */
  swap(first: number, second: number): void {
    const stores = this.#stores;
    [stores[first], stores[second]] = [stores[second]!, stores[first]!];
    if (first === second) return;
    this.#noteOrder();
    this.#context.effects.order(this.order);
  }

  /** The store of a number, whatever database it is; `undefined` when there is none. */
  store(number: number): MemoryStore | undefined {
    return this.#numbered[number];
  }

  /** Makes the databases these stores, in their order. Each must be there once. */
  arrange(order: readonly number[]): void {
    for (const [index, number] of order.entries()) this.#stores[index] = this.#numbered[number]!;
    this.#noteOrder();
  }

  /**
   * Writes again what was written before: meanwhile nothing has expired, and changes have the versions that
   * {@linkcode Databases.replayVersion} names.
   *
   * @param write Does the writing; returns the largest version that was ever given.
   */
  async replay(write: () => Promise<number>): Promise<void> {
    this.#context.replaying = true;
    this.#context.continueFrom(await write());
    this.#context.replaying = false;
  }

  /** Makes this the version of the next change, while replaying. */
  replayVersion(version: number): void {
    this.#context.continueFrom(version - 1);
  }

  /** Removes all entries of all databases. */
  clear(): void {
    for (const store of this.#stores) store.clear();
  }

  /** The sum of a figure over all databases. */
  total(figure: (store: MemoryStore) => number): number {
    return this.#stores.reduce((sum, store) => sum + figure(store), 0);
  }

  /**
   * Removes entries that have expired, up to `budget` of them.
   *
   * @returns How many were removed; fewer than `budget` when no other one has expired.
   */
  sweep(budget: number): number {
    let removed = 0;
    for (const store of this.#stores) {
      removed += store.sweep(budget - removed);
      if (removed === budget) break;
    }
    return removed;
  }

  /** Tells readers which database each store is. */
  #noteOrder(): void {
    const { sections } = this.#context;
    if (sections === undefined) return;
    sections.begin();
    for (const [index, store] of this.#stores.entries()) store.noteDatabase(index);
    sections.end();
    sections.onShared({ kind: "order", stores: this.order });
  }
}
