/**
 * The handlers of basic requests that read and write entries.
 *
 * @module
 */

import {
  type AppendRequest,
  CommandError,
  count,
  type DeleteRequest,
  formatInteger,
  type GetRequest,
  type IncrRequest,
  integer,
  keys,
  miss,
  ok,
  parseInteger,
  type Response,
  type ScanRequest,
  type SetRequest,
  sum,
  type TouchRequest,
} from "../model/mod.ts";
import type { Entry } from "../store/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { notify } from "./keyspace_events.ts";
import { checkSize, lent, lookUp } from "./values.ts";

/** The value of a key, with what is left of its time to live. */
function get(request: GetRequest, peer: Peer): Response {
  const entry = lookUp(peer, request.key);
  if (entry === undefined) return miss();
  const { valueLength, expiresAt, version } = entry;
  checkSize("get: the value has", valueLength, peer);
  const ttl = expiresAt === Infinity ? undefined : timeLeft(expiresAt, peer.store.now());
  return lent(entry, peer, ttl, request.wantVersion ? version : undefined);
}

/**
 * What is left of an entry's time to live. The clock goes on between two looks at it: what was found is
 * never told to be over. Nor is more told than a frame can hold: RESP sets times up to 2^63.
 */
function timeLeft(expiresAt: number, now: number): number {
  return Math.max(1, Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(expiresAt - now)));
}

/** Stores a value; an expiry that the entry had is replaced. */
function set(request: SetRequest, peer: Peer): Response {
  const { key, value, owned, ttl, version } = request;
  const { store } = peer;
  if (version !== undefined) checkVersion(store.get(key), version);
  const expiresAt = ttl === undefined ? Infinity : store.now() + ttl;
  const written = store.set(key, value, expiresAt, "auto", owned);
  notify(peer, "$", "set", key);
  if (ttl !== undefined) notify(peer, "g", "expire", key);
  return ok(undefined, undefined, version === undefined ? undefined : written);
}

/** Removes a key. */
function remove(request: DeleteRequest, peer: Peer): Response {
  const { key, version } = request;
  if (version !== undefined) checkVersion(peer.store.get(key), version);
  if (!peer.store.delete(key)) return miss();
  notify(peer, "g", "del", key);
  return ok();
}

/** Adds to an integer; a missing entry counts as 0. */
function incr(request: IncrRequest, peer: Peer): Response {
  const { key, delta } = request;
  const entry = peer.store.peek(key); // The write is the access.
  const before = entry === undefined ? 0 : parseInteger(entry.value);
  if (before === undefined) {
    const { length } = entry!.value;
    throw new CommandError(
      "NOT_AN_INTEGER",
      `Cannot increment: the value of ${length} bytes is not a 64-bit integer in decimal`,
    );
  }
  const after = sum(before, delta);
  if (after === undefined) {
    throw new CommandError("OVERFLOW", `Cannot increment: ${before} plus ${delta} is over 64 bits`);
  }
  // The expiry is given, not left: an entry that expires just now must not become one that stays.
  peer.store.set(key, formatInteger(after), entry?.expiresAt);
  notify(peer, "$", "incrby", key);
  return integer(after);
}

/** Appends to a value; a missing entry counts as empty. */
function append(request: AppendRequest, peer: Peer): Response {
  const { key, value } = request;
  const length = (peer.store.peek(key)?.valueLength ?? 0) + value.length;
  checkSize("append: the value would have", length, peer);
  peer.store.append(key, value);
  notify(peer, "$", "append", key);
  return count(length);
}

/** Sets or removes the expiry of a key. */
function touch(request: TouchRequest, peer: Peer): Response {
  const { key, ttl } = request;
  const { store } = peer;
  if (!store.expire(key, ttl === undefined ? Infinity : store.now() + ttl)) return miss();
  notify(peer, "g", ttl === undefined ? "persist" : "expire", key);
  return ok();
}

/** A page of keys. */
function scan(request: ScanRequest, { store }: Peer): Response {
  const page = store.scan(request.prefix, request.cursor);
  return keys(page.keys, page.cursor);
}

function checkVersion(entry: Entry | undefined, expected: number): void {
  const found = entry?.version ?? 0;
  if (found === expected) return;
  const state = found === 0 ? "there is no entry" : `the entry has version ${found}`;
  const wanted = expected === 0 ? "no entry" : `version ${expected}`;
  throw new CommandError("CONFLICT", `Cannot write: ${state}, the request wants ${wanted}`);
}

/** The handlers of basic requests that read and write entries. */
export const ENTRY_HANDLERS: Handlers<
  | GetRequest
  | SetRequest
  | DeleteRequest
  | IncrRequest
  | AppendRequest
  | TouchRequest
  | ScanRequest
> = {
  GET: get,
  SET: set,
  DELETE: remove,
  INCR: incr,
  APPEND: append,
  TOUCH: touch,
  SCAN: scan,
};
