/**
 * The handlers of requests about when entries end.
 *
 * @module
 */

import {
  type ExpireRequest,
  type ExpiryCondition,
  type ExpiryRequest,
  integer,
  miss,
  ok,
  type PersistRequest,
  type Response,
} from "../model/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { notify } from "./keyspace_events.ts";
import { endAfter } from "./times.ts";
import { peekFor } from "./values.ts";

/** The largest number below 2^63: a time of EXPIREAT that was rounded up to that is told as this. */
const LATEST = 2 ** 63 - 1_024;

/** Whether an expiry may be set, by when the entry ends and when it would. */
const HOLDS: Readonly<Record<ExpiryCondition, (old: number, next: number) => boolean>> = {
  nx: (old) => old === Infinity,
  xx: (old) => old !== Infinity,
  gt: (old, next) => next > old,
  lt: (old, next) => next < old,
};

/** Sets when an entry ends, if its conditions hold. */
function expire(request: ExpireRequest, peer: Peer): Response {
  const { key, ms, fromNow, conditions, command } = request;
  const { store } = peer;
  const now = store.now();
  const at = fromNow ? endAfter(ms, now, command) : ms;
  if (conditions.length > 0) {
    const old = store.get(key)?.expiresAt;
    if (old === undefined || !conditions.every((name) => HOLDS[name](old, at))) return miss();
  }
  const isOver = at <= now;
  if (!(isOver ? store.delete(key) : store.expire(key, at))) return miss();
  notify(peer, "g", isOver ? "del" : "expire", key);
  return ok();
}

/** When an entry ends: -1 for never, -2 without an entry. */
function expiry(request: ExpiryRequest, peer: Peer): Response {
  const { key, fromNow, unit } = request;
  const entry = peekFor(peer, key);
  if (entry === undefined) return integer(-2);
  const { expiresAt } = entry;
  if (expiresAt === Infinity) return integer(-1);
  // The clock goes on between two looks at it: what was found is not told to be over.
  const ms = fromNow ? Math.max(0, expiresAt - peer.store.now()) : expiresAt;
  const time = Math.min(Math.floor((ms + (unit >> 1)) / unit), LATEST);
  return integer(Number.isSafeInteger(time) ? time : BigInt(time));
}

/** Lets an entry stay. */
function persist({ key }: PersistRequest, peer: Peer): Response {
  const entry = peer.store.get(key);
  if (entry === undefined || entry.expiresAt === Infinity) return miss();
  peer.store.expire(key, Infinity);
  notify(peer, "g", "persist", key);
  return ok();
}

/** The handlers of requests about when entries end. */
export const EXPIRY_HANDLERS: Handlers<ExpireRequest | ExpiryRequest | PersistRequest> = {
  EXPIRE: expire,
  EXPIRY: expiry,
  PERSIST: persist,
};
