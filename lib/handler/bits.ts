/**
 * The handlers of requests about the bits of strings.
 *
 * @module
 */

import {
  type BitOperator,
  type BitRange,
  type BitRequest,
  type CombineBitsRequest,
  count,
  type CountBitsRequest,
  type FindBitRequest,
  type GetBitRequest,
  integer,
  type Response,
  type SetBitRequest,
} from "../model/mod.ts";
import { bitFields } from "./bit_fields.ts";
import { checkOffset } from "./bit_offset.ts";
import { countOnes, findBit } from "./bit_search.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { notify } from "./keyspace_events.ts";
import { lookUp, placeOf, resized } from "./values.ts";

const NO_BYTES = new Uint8Array(0);

/** One bit. */
function getBit({ key, offset }: GetBitRequest, peer: Peer): Response {
  checkOffset(offset, peer);
  return count(bitAt(lookUp(peer, key)?.value ?? NO_BYTES, offset));
}

function bitAt(value: Uint8Array, offset: number): number {
  const byte = value[Math.floor(offset / 8)] ?? 0;
  return (byte >>> (7 - offset % 8)) & 1;
}

/** Writes one bit; one that is there and stays as it is is no write. */
function setBit({ key, offset, bit }: SetBitRequest, peer: Peer): Response {
  checkOffset(offset, peer);
  const entry = peer.store.get(key);
  const before = entry?.value ?? NO_BYTES;
  const byte = Math.floor(offset / 8);
  const old = bitAt(before, offset);
  if (old === bit && byte < before.length) return count(old);
  const after = resized(before, byte + 1);
  if (old !== bit) after[byte]! ^= 1 << (7 - offset % 8);
  peer.store.set(key, after, entry?.expiresAt, "raw");
  notify(peer, "$", "setbit", key);
  return count(old);
}

/** How many bits are 1. */
function countBits({ key, range }: CountBitsRequest, peer: Peer): Response {
  const value = lookUp(peer, key)?.value ?? NO_BYTES;
  if (range === undefined) return integer(countOnes(value, 0, value.length * 8));
  const { start, end } = range;
  // Both before the value would count as its first bit otherwise.
  if (start < 0 && end !== undefined && end < 0 && start > end) return integer(0);
  const [from, to] = placesOf(range, value.length);
  return integer(countOnes(value, from, to));
}

/** The first bit of a range, and the one behind it. */
function placesOf({ start, end, unit }: BitRange, length: number): [from: number, to: number] {
  const bits = unit === "bit" ? 1 : 8;
  const size = length * 8 / bits;
  const to = end === undefined ? size : Math.min(placeOf(end, size) + 1, size);
  return [placeOf(start, size) * bits, to * bits];
}

/** The first bit that is 0 or 1. */
function findBits({ key, bit, range }: FindBitRequest, peer: Peer): Response {
  const value = lookUp(peer, key)?.value;
  if (value === undefined) return integer(bit === 0 ? 0 : -1);
  const [from, to] = range === undefined ? [0, value.length * 8] : placesOf(range, value.length);
  if (from >= to) return integer(-1);
  const place = findBit(value, bit, from, to);
  // Without an end the zeros behind the value count.
  const isOpen = bit === 0 && range?.end === undefined;
  return integer(place === -1 && isOpen ? to : place);
}

const OPERATORS: Readonly<Record<BitOperator, (a: number, b: number) => number>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => ~a,
};

/** Combines values and stores the result; an empty one removes the key. */
function combineBits({ operator, target, sources }: CombineBitsRequest, peer: Peer): Response {
  const values = sources.map((key) => lookUp(peer, key)?.value ?? NO_BYTES);
  const result = combined(operator, values);
  if (result.length > 0) {
    peer.store.set(target, result, Infinity, "raw");
    notify(peer, "$", "set", target);
  } else if (peer.store.delete(target)) notify(peer, "g", "del", target);
  return count(result.length);
}

function combined(operator: BitOperator, values: readonly Uint8Array[]): Uint8Array {
  const [first = NO_BYTES, ...others] = values;
  const result = resized(first, Math.max(...values.map(({ length }) => length)));
  const operate = OPERATORS[operator];
  if (operator === "not") return result.map((byte) => operate(byte, 0));
  for (const other of others) {
    for (let at = 0; at < result.length; at++) result[at] = operate(result[at]!, other[at] ?? 0);
  }
  return result;
}

/** The handlers of requests about bits. */
export const BIT_HANDLERS: Handlers<BitRequest> = {
  GET_BIT: getBit,
  SET_BIT: setBit,
  COUNT_BITS: countBits,
  FIND_BIT: findBits,
  COMBINE_BITS: combineBits,
  BIT_FIELDS: bitFields,
};
