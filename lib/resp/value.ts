/**
 * The values that replies are made of.
 *
 * @module
 */

import { narrowed } from "../model/mod.ts";

/** A key and its value. */
export type RespEntry = readonly [key: RespValue, value: RespValue];

/**
 * A short text, such as `OK`; or an error, whose text begins with a code in capitals and a space. A CR or
 * LF in it is sent as a space.
 */
export interface RespText {
  /** Which of the two. */
  readonly type: "simple" | "error";
  /** The text, without the end of its line. */
  readonly text: string;
}

/** A signed 64-bit integer. */
export interface RespInteger {
  /** Which type it is. */
  readonly type: "integer";
  /** A number where that is exact, otherwise a bigint. */
  readonly value: number | bigint;
}

/** Any bytes. */
export interface RespBulk {
  /** Which type it is. */
  readonly type: "bulk";
  /** A view that stays unchanged, where a decoder gave it. */
  readonly bytes: Uint8Array;
}

/** No value. RESP2 has two forms of it, of which RESP3 makes one. */
export interface RespNull {
  /** Which type it is. */
  readonly type: "null";
  /** Whether RESP2 says that a bulk string or that an array is missing. */
  readonly form: "bulk" | "array";
}

/** True or false; 1 or 0 in RESP2. */
export interface RespBoolean {
  /** Which type it is. */
  readonly type: "boolean";
  /** The truth. */
  readonly value: boolean;
}

/** A floating-point number; a bulk string in RESP2. */
export interface RespDouble {
  /** Which type it is. */
  readonly type: "double";
  /** The number; it may be infinite or NaN. */
  readonly value: number;
}

/** An integer of any size; a bulk string in RESP2. */
export interface RespBigNumber {
  /** Which type it is. */
  readonly type: "bigNumber";
  /** The number. */
  readonly value: bigint;
}

/** Bytes that say how they are to be shown; a bulk string in RESP2. */
export interface RespVerbatim {
  /** Which type it is. */
  readonly type: "verbatim";
  /** Three printable ASCII characters: `txt` for text, `mkd` for Markdown. */
  readonly format: string;
  /** A view that stays unchanged, where a decoder gave it. */
  readonly bytes: Uint8Array;
}

/**
 * Values in order; a set is without order, and a push is sent unasked, between replies. All three are
 * arrays in RESP2.
 */
export interface RespList {
  /** Which of the three. */
  readonly type: "array" | "set" | "push";
  /** The values, in the order in which they are sent. */
  readonly items: readonly RespValue[];
}

/** Keys with values; an array of both by turns in RESP2. */
export interface RespMap {
  /** Which type it is. */
  readonly type: "map";
  /** The pairs, in the order in which they are sent. */
  readonly entries: readonly RespEntry[];
}

/** A value with what is told about it besides, which RESP2 leaves out. */
export interface RespAttribute {
  /** Which type it is. */
  readonly type: "attribute";
  /** What is told, in the order in which it is sent. */
  readonly entries: readonly RespEntry[];
  /** The value itself. */
  readonly value: RespValue;
}

/** A reply of RESP2 or RESP3, or a part of one. */
export type RespValue =
  | RespText
  | RespInteger
  | RespBulk
  | RespNull
  | RespBoolean
  | RespDouble
  | RespBigNumber
  | RespVerbatim
  | RespList
  | RespMap
  | RespAttribute;

const UTF8 = new TextEncoder();

/** The reply `OK`. */
export const RESP_OK: RespText = { type: "simple", text: "OK" };

/** No value: in RESP2, no bulk string. */
export const RESP_NULL: RespNull = { type: "null", form: "bulk" };

/** No value: in RESP2, no array. */
export const RESP_NULL_ARRAY: RespNull = { type: "null", form: "array" };

/** Makes a simple string. */
export function respSimple(text: string): RespText {
  return { type: "simple", text };
}

/** Makes an error; `text` begins with its code. */
export function respError(text: string): RespText {
  return { type: "error", text };
}

/** Makes an integer. A bigint becomes a number where that is exact. */
export function respInteger(value: number | bigint): RespInteger {
  return { type: "integer", value: typeof value === "bigint" ? narrowed(value) : value };
}

/** Makes a bulk string of bytes, or of text in UTF-8. Bytes are kept, not copied. */
export function respBulk(value: Uint8Array | string): RespBulk {
  return { type: "bulk", bytes: typeof value === "string" ? UTF8.encode(value) : value };
}

/** Makes a boolean. */
export function respBoolean(value: boolean): RespBoolean {
  return { type: "boolean", value };
}

/** Makes a double. */
export function respDouble(value: number): RespDouble {
  return { type: "double", value };
}

/** Makes a big number. */
export function respBigNumber(value: bigint): RespBigNumber {
  return { type: "bigNumber", value };
}

/** Makes a verbatim string of bytes, or of text in UTF-8. Bytes are kept, not copied. */
export function respVerbatim(format: string, value: Uint8Array | string): RespVerbatim {
  const bytes = typeof value === "string" ? UTF8.encode(value) : value;
  return { type: "verbatim", format, bytes };
}

/** Makes an array. The list is kept, not copied. */
export function respArray(items: readonly RespValue[]): RespList {
  return { type: "array", items };
}

/** Makes a map. The list is kept, not copied. */
export function respMap(entries: readonly RespEntry[]): RespMap {
  return { type: "map", entries };
}

/** Makes a set. The list is kept, not copied. */
export function respSet(items: readonly RespValue[]): RespList {
  return { type: "set", items };
}

/** Makes a push. The list is kept, not copied. */
export function respPush(items: readonly RespValue[]): RespList {
  return { type: "push", items };
}

/** Makes a value with attributes. The list is kept, not copied. */
export function respAttribute(entries: readonly RespEntry[], value: RespValue): RespAttribute {
  return { type: "attribute", entries, value };
}
