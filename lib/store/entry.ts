/**
 * What stands under a key.
 *
 * @module
 */

/**
 * How a value came to be, where that shows: one that was edited in place is `raw` however short it is, and
 * one that was computed as text is never an integer. All others are `auto`: their bytes tell.
 */
export type Encoding = "auto" | "embstr" | "raw";

/** What is stored under a key. */
export interface Entry {
  /** The key; never changes. */
  readonly key: Uint8Array;
  /** The value. Its bytes never change: a new value is a new array, so that a reply may hold this one. */
  readonly value: Uint8Array;
  /** How the value came to be. */
  readonly encoding: Encoding;
  /** When the entry ends, in milliseconds since 1970; `Infinity` when it does not. */
  readonly expiresAt: number;
  /** Changes with every write to the entry, and is never given twice. From 1. */
  readonly version: number;
  /** When it was last read or written, in milliseconds since 1970: as late as the clock was known to be. */
  readonly accessedAt: number;
}

/** An entry as its store holds it, with its places in the store's lists. */
export interface Slot extends Entry {
  key: Uint8Array;
  value: Uint8Array;
  encoding: Encoding;
  expiresAt: number;
  version: number;
  accessedAt: number;
  /** The list's count of entries when this one was made: the order of a scan, and its cursor. */
  readonly born: number;
  /** Whether the entry is gone; its slot stays until the list is compacted. */
  dead: boolean;
  /** Its place among the entries that expire. */
  place: number;
}
