/**
 * The handlers of requests about strings.
 *
 * @module
 */

import {
  addExtended,
  CommandError,
  count,
  type Expiry,
  EXTENDED_ZERO,
  formatExtended,
  type GetExpireRequest,
  type GetManyRequest,
  type GetRangeRequest,
  type IncrFloatRequest,
  type LengthRequest,
  list,
  miss,
  ok,
  parseExtended,
  type Response,
  type SetManyRequest,
  type SetRangeRequest,
  type StoreRequest,
  type StringRequest,
  type TakeRequest,
} from "../model/mod.ts";
import type { Entry } from "../store/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { notify } from "./keyspace_events.ts";
import { common } from "./lcs.ts";
import { endAfter } from "./times.ts";
import { checkSize, lent, lookUp, placeOf, resized } from "./values.ts";

const NO_BYTES = new Uint8Array(0);
const UTF8 = new TextEncoder();

/** Stores a value, if its condition holds. */
function store(request: StoreRequest, peer: Peer): Response {
  const { key, value, expiry, condition, wantOld } = request;
  // A write is the access; one that may not be carried out is none yet.
  const entry = wantOld
    ? lookUp(peer, key)
    : condition === undefined
    ? peer.store.peek(key)
    : peer.store.get(key);
  const old = !wantOld ? undefined : entry === undefined ? miss() : ok(entry.value);
  const endsAt = timeOf(expiry, entry, peer.store.now()); // A wrong time is told in any case.
  const holds = condition === undefined || (condition === "present") === (entry !== undefined);
  if (!holds) return old ?? miss();
  peer.store.set(key, value, endsAt);
  notify(peer, "$", "set", key);
  if (expiry.kind === "in" || expiry.kind === "at") notify(peer, "g", "expire", key);
  return old ?? ok();
}

/**
 * When an entry ends, in milliseconds since 1970; `Infinity` for never.
 *
 * @throws {CommandError} When that is beyond the last time.
 */
function timeOf(expiry: Expiry, entry: Entry | undefined, now: number): number {
  switch (expiry.kind) {
    case "never":
      return Infinity;
    case "keep":
      return entry?.expiresAt ?? Infinity;
    case "in":
      return endAfter(expiry.ms, now, expiry.command);
    case "at":
      return expiry.ms;
  }
}

/** The values of keys, in their order. */
function getMany({ keys }: GetManyRequest, peer: Peer): Response {
  const values: Response[] = [];
  for (const key of keys) {
    const entry = lookUp(peer, key);
    values.push(entry === undefined ? miss() : lent(entry, peer));
  }
  return list(values);
}

/** Stores values, all or none. */
function setMany(request: SetManyRequest, peer: Peer): Response {
  const { keys, values, ifAllAbsent } = request;
  if (ifAllAbsent && keys.some((key) => peer.store.get(key) !== undefined)) return miss();
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    peer.store.set(key, values[at]!);
    notify(peer, "$", "set", key);
  }
  return ok();
}

/** Reads a value and removes it. */
function take({ key }: TakeRequest, peer: Peer): Response {
  const entry = lookUp(peer, key);
  if (entry === undefined) return miss();
  const { value } = entry;
  remove(key, peer);
  return ok(value);
}

function remove(key: Uint8Array, peer: Peer): void {
  peer.store.delete(key);
  notify(peer, "g", "del", key);
}

/** Reads a value, and sets or removes its expiry; a time that has passed removes the entry. */
function getExpire({ key, expiry }: GetExpireRequest, peer: Peer): Response {
  const entry = lookUp(peer, key);
  if (entry === undefined) return miss();
  const { value, expiresAt } = entry;
  const now = peer.store.now();
  const time = timeOf(expiry, entry, now);
  if (time <= now) remove(key, peer);
  else if (expiry.kind !== "keep" && (time !== Infinity || expiresAt !== Infinity)) {
    peer.store.expire(key, time);
    notify(peer, "g", time === Infinity ? "persist" : "expire", key);
  }
  return ok(value);
}

/** The length of a value. */
function length({ key }: LengthRequest, peer: Peer): Response {
  return count(lookUp(peer, key)?.valueLength ?? 0);
}

/** A part of a value. */
function getRange({ key, start, end }: GetRangeRequest, peer: Peer): Response {
  const value = lookUp(peer, key)?.value ?? NO_BYTES;
  // Both before the value would count as its first byte otherwise.
  if (start < 0 && end < 0 && start > end) return ok(NO_BYTES);
  const from = placeOf(start, value.length);
  return ok(value.subarray(from, Math.max(from, placeOf(end, value.length) + 1)));
}

/** Writes over a part of a value. */
function setRange({ key, offset, value }: SetRangeRequest, peer: Peer): Response {
  const entry = peer.store.get(key);
  const before = entry?.value ?? NO_BYTES;
  if (value.length === 0) return count(before.length);
  const end = offset + value.length;
  checkSize("setrange: the value would have", end, peer);
  const after = resized(before, end);
  after.set(value, offset);
  peer.store.set(key, after, entry?.expiresAt, "raw");
  notify(peer, "$", "setrange", key);
  return count(after.length);
}

/** Adds to a floating-point number; a missing entry counts as 0. */
function incrFloat({ key, delta }: IncrFloatRequest, peer: Peer): Response {
  const entry = peer.store.get(key);
  const before = entry === undefined ? EXTENDED_ZERO : parseExtended(entry.value);
  if (before === undefined) throw new CommandError("BAD_REQUEST", "value is not a valid float");
  const after = addExtended(before, delta);
  if (after === undefined) {
    throw new CommandError("BAD_REQUEST", "increment would produce NaN or Infinity");
  }
  const text = UTF8.encode(formatExtended(after));
  peer.store.set(key, text, entry?.expiresAt, "embstr");
  notify(peer, "$", "incrbyfloat", key);
  return ok(text);
}

/** The handlers of requests about strings. */
export const STRING_HANDLERS: Handlers<StringRequest> = {
  STORE: store,
  GET_MANY: getMany,
  SET_MANY: setMany,
  TAKE: take,
  GET_EXPIRE: getExpire,
  LENGTH: length,
  GET_RANGE: getRange,
  SET_RANGE: setRange,
  INCR_FLOAT: incrFloat,
  COMMON: common,
};
