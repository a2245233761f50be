/**
 * Requests about the bits of strings. A missing value counts as empty, and behind its end all bits are 0.
 *
 * The bit at place 0 is the most significant one of the first byte.
 *
 * @module
 */

/** Reads one bit of a value. */
export interface GetBitRequest {
  /** Which request this is. */
  readonly op: "GET_BIT";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The place of the bit. */
  readonly offset: number;
}

/** Writes one bit of a value; the answer is what it was. */
export interface SetBitRequest {
  /** Which request this is. */
  readonly op: "SET_BIT";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The place of the bit. */
  readonly offset: number;
  /** What it becomes. */
  readonly bit: 0 | 1;
}

/** A part of a value. */
export interface BitRange {
  /** The first place; below 0 it counts from the end. */
  readonly start: number;
  /** The last place; below 0 it counts from the end. None: up to the end. */
  readonly end: number | undefined;
  /** What is counted to a place. */
  readonly unit: "bit" | "byte";
}

/** Counts the bits of a value that are 1. */
export interface CountBitsRequest {
  /** Which request this is. */
  readonly op: "COUNT_BITS";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The part in which they are counted; none: everywhere. */
  readonly range: BitRange | undefined;
}

/** Asks for the place of the first bit that is 0, or 1; the answer is -1 when there is none. */
export interface FindBitRequest {
  /** Which request this is. */
  readonly op: "FIND_BIT";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** What is searched for. */
  readonly bit: 0 | 1;
  /** The part that is searched; none: everywhere. */
  readonly range: BitRange | undefined;
}

/** How values are combined, bit by bit. */
export type BitOperator = "and" | "or" | "xor" | "not";

/** Combines values, and stores the result; the answer is its length in bytes. */
export interface CombineBitsRequest {
  /** Which request this is. */
  readonly op: "COMBINE_BITS";
  /** How; `not` takes one source. */
  readonly operator: BitOperator;
  /** The key of the result, any bytes. */
  readonly target: Uint8Array;
  /** The keys of the values, any bytes; shorter values count as followed by zeros. */
  readonly sources: readonly Uint8Array[];
}

/** What becomes of a number that does not fit its field: it wraps around, is the nearest that fits, or stays. */
export type BitOverflow = "wrap" | "sat" | "fail";

/** What is done with an integer among the bits of a value. */
export interface BitField {
  /** The answer is the integer as it is, as it was, or as it becomes. */
  readonly action: "get" | "set" | "incrby";
  /** Whether the integer has a sign. */
  readonly signed: boolean;
  /** How many bits it has: up to 64 with a sign, up to 63 without. */
  readonly bits: number;
  /** The place of its first bit. */
  readonly offset: number;
  /** What is stored or added, a signed 64-bit integer. */
  readonly value: bigint;
  /** What becomes of one that does not fit; when it stays, the answer is MISS. */
  readonly overflow: BitOverflow;
}

/** Reads and writes integers among the bits of a value, one after the other; the answer is one for each. */
export interface BitFieldsRequest {
  /** Which request this is. */
  readonly op: "BIT_FIELDS";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** What is done. */
  readonly fields: readonly BitField[];
}

/** Any request about bits. */
export type BitRequest =
  | GetBitRequest
  | SetBitRequest
  | CountBitsRequest
  | FindBitRequest
  | CombineBitsRequest
  | BitFieldsRequest;
