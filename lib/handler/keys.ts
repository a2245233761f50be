/**
 * The handlers of requests about keys.
 *
 * @module
 */

import {
  count,
  globMatches,
  type KeyRequest,
  keys,
  type KeysRequest,
  list,
  type ManyKeysRequest,
  miss,
  ok,
  type RandomKeyRequest,
  type Response,
  type ScanKeysRequest,
  text,
  type TypeRequest,
} from "../model/mod.ts";
import type { Peer } from "./context.ts";
import { DATABASE_HANDLERS } from "./databases.ts";
import { EXPIRY_HANDLERS } from "./expiry.ts";
import type { Handlers } from "./handlers.ts";
import { notify } from "./keyspace_events.ts";
import { OBJECT_HANDLERS } from "./object.ts";
import { RENAME_HANDLERS } from "./rename.ts";
import { peekFor } from "./values.ts";

/** Removes keys; answers how many there were. */
function deleteMany(request: ManyKeysRequest<"DELETE_MANY">, peer: Peer): Response {
  let deleted = 0;
  for (const key of request.keys) {
    if (!peer.store.delete(key)) continue;
    notify(peer, "g", "del", key);
    deleted++;
  }
  return count(deleted);
}

/** How many of the keys there are. */
function exists(request: ManyKeysRequest<"EXISTS">, peer: Peer): Response {
  let found = 0;
  for (const key of request.keys) if (peekFor(peer, key) !== undefined) found++;
  return count(found);
}

/** Makes this the time of the last access to keys; answers how many there are. */
function touchMany(request: ManyKeysRequest<"TOUCH_MANY">, peer: Peer): Response {
  let touched = 0;
  for (const key of request.keys) {
    if (peekFor(peer, key) !== undefined && peer.store.touch(key)) touched++;
  }
  return count(touched);
}

/** The type of all values. */
const STRING = "string";

/** The type of a key's value. */
function type(request: TypeRequest, peer: Peer): Response {
  return text(peekFor(peer, request.key) === undefined ? "none" : STRING);
}

const STAR = 0x2a;

/** Whether a key matches a pattern; one star alone matches the empty key as well. */
function matcherOf(pattern: Uint8Array): (key: Uint8Array) => boolean {
  if (pattern.length === 1 && pattern[0] === STAR) return () => true;
  return (key) => globMatches(pattern, key);
}

/** All keys that match a pattern. */
function allKeys(request: KeysRequest, peer: Peer): Response {
  const found = peer.store.keys(matcherOf(request.pattern));
  return list(found.map((key) => ok(key)));
}

/** A page of the keys that match a pattern. */
function scanKeys(request: ScanKeysRequest, peer: Peer): Response {
  const { cursor, count, pattern, type = STRING } = request;
  const matches = type !== STRING
    ? () => false
    : pattern === undefined
    ? () => true
    : matcherOf(pattern);
  const page = peer.store.page({ cursor, count, matches });
  return keys(page.keys, page.cursor);
}

/** Any key. */
function randomKey(_: RandomKeyRequest, peer: Peer): Response {
  const key = peer.store.randomKey();
  return key === undefined ? miss() : ok(key);
}

/** The handlers of requests about keys and databases. */
export const KEY_HANDLERS: Handlers<KeyRequest> = {
  ...DATABASE_HANDLERS,
  ...EXPIRY_HANDLERS,
  ...OBJECT_HANDLERS,
  ...RENAME_HANDLERS,
  DELETE_MANY: deleteMany,
  EXISTS: exists,
  TOUCH_MANY: touchMany,
  TYPE: type,
  KEYS: allKeys,
  SCAN_KEYS: scanKeys,
  RANDOM_KEY: randomKey,
};
