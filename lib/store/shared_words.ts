/**
 * What the owner of a store and its readers share besides the entries.
 *
 * @module
 */

import { MAX_SEGMENTS } from "./arena.ts";

/** A piece of a store's memory that was made, or given away. */
export interface SharedPiece {
  /** Entries are in segments, and tables say where. */
  readonly kind: "segment" | "table";
  /** The number of the store. */
  readonly store: number;
  /** Its number among the pieces of its kind, which another one has when it was given away. */
  readonly number: number;
  /** Tells it from all others that had the number. */
  readonly generation: number;
  /** The memory; `undefined` when it was given away. */
  readonly buffer: SharedArrayBuffer | undefined;
}

/** The databases are these stores, in their order. */
export interface SharedOrder {
  /** What it is. */
  readonly kind: "order";
  /** The numbers of the stores. */
  readonly stores: readonly number[];
}

/** What readers need to be told, in the order in which it came. It may be posted to a worker as it is. */
export type SharedNews = SharedPiece | SharedOrder;

/** A store as a reader needs it to begin with. It may be posted to a worker as it is. */
export interface SharedStore {
  /** Its number among the stores that share a context with it. */
  readonly number: number;
  /** The words that tell when readers may look. */
  readonly sequence: SharedArrayBuffer;
  /** The words that tell where to look. */
  readonly control: SharedArrayBuffer;
  /** The memory that there is. */
  readonly pieces: readonly SharedPiece[];
}

/** Several databases as readers need them to begin with. It may be posted to a worker as it is. */
export interface SharedDatabases {
  /** The stores by number. */
  readonly stores: readonly SharedStore[];
  /** Which of them the databases are, in order. */
  readonly order: readonly number[];
}

// The words that all stores of a context have together, in a cache line of their own.

/** Even while nothing changes. */
export const SEQUENCE = 0;
/** Not 0 when readers must ask the owner. */
export const CLOSED = 1;
/** How many bytes they take. */
export const SEQUENCE_BYTES = 64;

// The words of one store. They change in sections only, as all that is read beside them.

/** Two words: what hashes depend on. It is another one whenever the store is empty. */
export const SEED = 0;
/** The number of the table for the hashes that have not moved to the other one: 0 or 1. */
export const CURRENT = 2;
/** Which database the store is. */
export const DATABASE = 3;
/** Two words: the generations of the tables; 0 for none. */
export const TABLES = 4;
/** Two words: the tables have two to the power of these places. */
export const BITS = 6;
/** The place of a double: the hashes below it are in the other table. */
export const BORDER = 4;
/** The generations of the segments by number; 0 for none. */
export const SEGMENTS = 16;
/** How many bytes they take; most of them are never touched. */
export const CONTROL_BYTES: number = 4 * (SEGMENTS + MAX_SEGMENTS);
