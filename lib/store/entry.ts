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

/**
 * What is stored under a key. It looks into the store, and is good until the next write to it, of whatever
 * key; so is each call that may remove what has expired. Arrays that were taken from it are good for ever.
 */
export interface Entry {
  /** The key; its bytes never change. */
  readonly key: Uint8Array;
  /** The value. Its bytes never change, so that a reply may hold it. It is copied when it is first taken. */
  readonly value: Uint8Array;
  /** The value, good until the next write: to be lent. */
  readonly view: Uint8Array;
  /** How many bytes the value has, for those who do not need the value. */
  readonly valueLength: number;
  /** How the value came to be. */
  readonly encoding: Encoding;
  /** When the entry ends, in milliseconds since 1970; `Infinity` when it does not. */
  readonly expiresAt: number;
  /** Changes with every write to the entry, and is never given twice. From 1. */
  readonly version: number;
  /** When it was last read or written, in milliseconds since 1970 by the second. Times come again in 194 days. */
  readonly accessedAt: number;
  /** How often it is read or written, from 0 to 255 on a scale of logarithms; 5 for a new one. */
  readonly frequency: number;
}
