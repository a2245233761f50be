/**
 * Requests about strings that only some protocols have.
 *
 * @module
 */

import type { Extended } from "./extended.ts";

/** When an entry is to end. */
export type Expiry =
  | { /** It does not end. */ readonly kind: "never" }
  | { /** As the entry before it. */ readonly kind: "keep" }
  | {
    /** So many milliseconds from now. */
    readonly kind: "in";
    /** The time, from 1. */
    readonly ms: number;
    /** The name of the command, for the error of a time that is too far. */
    readonly command: string;
  }
  | {
    /** At a time. */
    readonly kind: "at";
    /** Milliseconds since 1970; one that has passed ends the entry at once. */
    readonly ms: number;
  };

/** Stores a value under a key, with all conditions that there are. */
export interface StoreRequest {
  /** Which request this is. */
  readonly op: "STORE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The value, any bytes. */
  readonly value: Uint8Array;
  /** When the entry is to end. */
  readonly expiry: Expiry;
  /** Whether it is stored only if there is no entry, or only if there is one. */
  readonly condition: "absent" | "present" | undefined;
  /** Whether the answer is the value before, or MISS, instead of whether it was stored. */
  readonly wantOld: boolean;
}

/** Reads the values of several keys. */
export interface GetManyRequest {
  /** Which request this is. */
  readonly op: "GET_MANY";
  /** The keys, any bytes. */
  readonly keys: readonly Uint8Array[];
}

/** Stores several values at once. */
export interface SetManyRequest {
  /** Which request this is. */
  readonly op: "SET_MANY";
  /** The keys, any bytes. */
  readonly keys: readonly Uint8Array[];
  /** The value of each key, any bytes. */
  readonly values: readonly Uint8Array[];
  /** Whether nothing is stored when there is an entry for one of the keys; the answer is MISS then. */
  readonly ifAllAbsent: boolean;
}

/** Reads the value of a key and removes it. */
export interface TakeRequest {
  /** Which request this is. */
  readonly op: "TAKE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
}

/** Reads the value of a key and sets its expiry. */
export interface GetExpireRequest {
  /** Which request this is. */
  readonly op: "GET_EXPIRE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** When the entry is to end from now on. */
  readonly expiry: Expiry;
}

/** Asks for the length of a value; a missing one counts as empty. */
export interface LengthRequest {
  /** Which request this is. */
  readonly op: "LENGTH";
  /** The key, any bytes. */
  readonly key: Uint8Array;
}

/** Reads a part of a value; a missing one counts as empty. */
export interface GetRangeRequest {
  /** Which request this is. */
  readonly op: "GET_RANGE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The place of the first byte; below 0 it counts from the end. */
  readonly start: number;
  /** The place of the last byte; below 0 it counts from the end. */
  readonly end: number;
}

/** Writes over a part of a value, behind zeros where it is too short. */
export interface SetRangeRequest {
  /** Which request this is. */
  readonly op: "SET_RANGE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The place of the first byte that is written, from 0. */
  readonly offset: number;
  /** What is written; when it is empty nothing changes. */
  readonly value: Uint8Array;
}

/** Adds to the number that a key holds. */
export interface IncrFloatRequest {
  /** Which request this is. */
  readonly op: "INCR_FLOAT";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** What is added. */
  readonly delta: Extended;
}

/** Asks for the longest common subsequence of two values; a missing one counts as empty. */
export interface CommonRequest {
  /** Which request this is. */
  readonly op: "COMMON";
  /** The key of one value, any bytes. */
  readonly key: Uint8Array;
  /** The key of the other value, any bytes. */
  readonly other: Uint8Array;
  /** Whether the answer is the subsequence, its length, or where its pieces are with its length behind. */
  readonly want: "text" | "length" | "pieces";
  /** Shorter pieces are left out. */
  readonly minPiece: number;
  /** Whether the length of each piece is told. */
  readonly withLengths: boolean;
}

/** Any request about strings. */
export type StringRequest =
  | StoreRequest
  | GetManyRequest
  | SetManyRequest
  | TakeRequest
  | GetExpireRequest
  | LengthRequest
  | GetRangeRequest
  | SetRangeRequest
  | IncrFloatRequest
  | CommonRequest;
