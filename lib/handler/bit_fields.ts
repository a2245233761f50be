/**
 * Integers among the bits of a value.
 *
 * @module
 */

import {
  type BitField,
  type BitFieldsRequest,
  fits64,
  integer,
  list,
  miss,
  narrowed,
  type Response,
} from "../model/mod.ts";
import { checkOffset } from "./bit_offset.ts";
import type { Peer } from "./context.ts";
import { notify } from "./keyspace_events.ts";
import { lookUp, resized } from "./values.ts";

const NO_BYTES = new Uint8Array(0);

/** Reads and writes integers, one after the other. */
export function bitFields({ key, fields }: BitFieldsRequest, peer: Peer): Response {
  for (const { offset } of fields) checkOffset(offset, peer);
  const written = fields.filter(({ action }) => action !== "get");
  if (written.length === 0) {
    const value = lookUp(peer, key)?.value ?? NO_BYTES;
    return list(fields.map((field) => shown(readField(value, field))));
  }
  const entry = peer.store.get(key);
  const before = entry?.value ?? NO_BYTES;
  const ends = written.map(({ offset, bits }) => Math.ceil((offset + bits) / 8));
  const after = resized(before, Math.max(...ends));
  const grown = after.length > before.length;
  const results = fields.map((field) => carryOut(after, field));
  const changed = results.some(({ wrote }) => wrote !== "nothing" && (grown || wrote === "other"));
  // A value grows also for a number that did not fit, which announces nothing.
  if (grown || changed) peer.store.set(key, after, entry?.expiresAt, "raw");
  if (changed) notify(peer, "$", "setbit", key);
  return list(results.map(({ response }) => response));
}

/** What was done with a field, and whether that wrote what stood there already. */
interface Result {
  readonly response: Response;
  readonly wrote: "nothing" | "same" | "other";
}

/** Reads or writes one integer in a value that has its place. */
function carryOut(value: Uint8Array, field: BitField): Result {
  const { action } = field;
  const old = readField(value, field);
  if (action === "get") return { response: shown(old), wrote: "nothing" };
  const next = fitted(action === "set" ? assigned(field) : old + field.value, field);
  if (next === undefined) return { response: miss(), wrote: "nothing" };
  writeField(value, field, next);
  return { response: shown(action === "set" ? old : next), wrote: next === old ? "same" : "other" };
}

function shown(value: bigint): Response {
  return integer(narrowed(value));
}

/** The integer that a SET gives: for a field without a sign, its 64 bits have none either. */
function assigned({ signed, value }: BitField): bigint {
  return signed ? value : BigInt.asUintN(64, value);
}

/** The integer as the field can hold it; nothing when it is to fail. */
function fitted(value: bigint, field: BitField): bigint | undefined {
  const { action, signed, bits, overflow } = field;
  const wrapped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  if (wrapped === value || overflow === "wrap") return wrapped;
  if (overflow === "fail") return undefined;
  const max = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const min = signed ? -max - 1n : 0n;
  // Redis: a SET so far below the field that the way up to its end is over 64 bits counts as above it.
  const isAbove = value > max || (action === "set" && !fits64(max - value));
  return isAbove ? max : min;
}

/** The integer in the bits of a field; those behind the value are 0. */
function readField(value: Uint8Array, { signed, bits, offset }: BitField): bigint {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + bits - 1) / 8);
  let read = 0n;
  for (let at = first; at <= last; at++) read = (read << 8n) | BigInt(value[at] ?? 0);
  const field = read >> behind(offset + bits);
  return signed ? BigInt.asIntN(bits, field) : BigInt.asUintN(bits, field);
}

/** Writes an integer into the bits of a field, and leaves those around it. */
function writeField(value: Uint8Array, { bits, offset }: BitField, next: bigint): void {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + bits - 1) / 8);
  const shift = behind(offset + bits);
  let mask = ((1n << BigInt(bits)) - 1n) << shift;
  let written = BigInt.asUintN(bits, next) << shift;
  for (let at = last; at >= first; at--) {
    value[at] = (value[at]! & Number(~mask & 0xffn)) | Number(written & 0xffn);
    mask >>= 8n;
    written >>= 8n;
  }
}

/** How many bits of the last byte stand behind a field that ends before `end`. */
function behind(end: number): bigint {
  return BigInt((8 - end % 8) % 8);
}
