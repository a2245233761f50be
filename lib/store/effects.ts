/**
 * What changes in a store, for whoever keeps it elsewhere.
 *
 * @module
 */

/**
 * Told of each change of entries, after it was made: what there is then, never what was asked for. To take an
 * effect twice is to take it once. `store` is the number that a store keeps for ever, whatever number its
 * database has. Keys and values are valid during the call; those of 64 KiB or more stay unchanged for ever.
 *
 * That an entry has expired is no effect: its expiry was one.
 */
export interface Effects {
  /** An entry is this. `expiresAt` is in milliseconds since 1970, `Infinity` for never. */
  set(
    store: number,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt: number,
    version: number,
  ): void;
  /** The value of an entry ends with these bytes, which begin at `place`. */
  extend(store: number, key: Uint8Array, place: number, tail: Uint8Array, version: number): void;
  /** An entry ends at another time. */
  expire(store: number, key: Uint8Array, expiresAt: number, version: number): void;
  /** There is no entry of a key. */
  delete(store: number, key: Uint8Array, version: number): void;
  /** A store is empty. */
  clear(store: number, version: number): void;
  /** The databases are these stores, in their order. */
  order(stores: readonly number[]): void;
}

/** Keeps nothing. */
export const NO_EFFECTS: Effects = {
  set() {},
  extend() {},
  expire() {},
  delete() {},
  clear() {},
  order() {},
};
