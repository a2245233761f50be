/**
 * What a store is made of.
 *
 * @module
 */

import type { StoreContext } from "./context.ts";
import type { HashSeed } from "./key_hash.ts";

/** What a `MemoryStore` may be given. */
export interface StoreOptions {
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /**
   * Whether other threads may read it, each with a `StoreReader`: its memory can be shared then, and writes take
   * a little longer. Default false; that of its context, if it has one.
   */
  readonly shared?: boolean;
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
