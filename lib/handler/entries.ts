/**
 * The handlers of requests that read and write entries.
 *
 * @module
 */

import {
  type AppendRequest,
  CommandError,
  count,
  type DeleteRequest,
  type GetRequest,
  type IncrRequest,
  integer,
  keys,
  miss,
  ok,
  type Response,
  type ScanRequest,
  type SetRequest,
  type TouchRequest,
} from "../model/mod.ts";
import type { Entry } from "../store/mod.ts";
import type { Services } from "./context.ts";
import { parseInteger } from "./integer.ts";

const UTF8 = new TextEncoder();

/** The value of a key, with what is left of its time to live. */
export function get(request: GetRequest, { store }: Services): Response {
  const entry = store.get(request.key);
  if (entry === undefined) return miss();
  const { value, expiresAt, version } = entry;
  // The clock goes on between two looks at it: what was found is never told to be over.
  const ttl = expiresAt === Infinity ? undefined : Math.max(1, Math.ceil(expiresAt - store.now()));
  return ok(value, ttl, request.wantVersion ? version : undefined);
}

/** Stores a value; an expiry that the entry had is replaced. */
export function set(request: SetRequest, { store }: Services): Response {
  const { key, value, ttl, version } = request;
  if (version !== undefined) checkVersion(store.get(key), version);
  const expiresAt = ttl === undefined ? Infinity : store.now() + ttl;
  const written = store.set(key, value, expiresAt);
  return ok(undefined, undefined, version === undefined ? undefined : written);
}

/** Removes a key. */
export function remove(request: DeleteRequest, { store }: Services): Response {
  const { key, version } = request;
  if (version !== undefined) checkVersion(store.get(key), version);
  return store.delete(key) ? ok() : miss();
}

/** Adds to an integer; a missing entry counts as 0. */
export function incr(request: IncrRequest, { store }: Services): Response {
  const { key, delta } = request;
  const entry = store.get(key);
  const before = entry === undefined ? 0n : parseInteger(entry.value);
  if (before === undefined) {
    throw new CommandError(
      "NOT_AN_INTEGER",
      `Cannot increment: the value of ${
        entry!.value.length
      } bytes is not a 64-bit integer in decimal`,
    );
  }
  const after = before + delta;
  if (BigInt.asIntN(64, after) !== after) {
    throw new CommandError("OVERFLOW", `Cannot increment: ${before} plus ${delta} is over 64 bits`);
  }
  // The expiry is given, not left: an entry that expires just now must not become one that stays.
  store.set(key, UTF8.encode(after.toString()), entry?.expiresAt);
  return integer(after);
}

/** Appends to a value; a missing entry counts as empty. */
export function append(request: AppendRequest, { store, limits }: Services): Response {
  const { key, value } = request;
  const length = (store.get(key)?.value.length ?? 0) + value.length;
  if (length > limits.maxValueSize) {
    throw new CommandError(
      "TOO_LARGE",
      `Cannot append: the value would have ${length} bytes, the limit is ${limits.maxValueSize} (option maxValueSize)`,
    );
  }
  return count(store.append(key, value));
}

/** Sets or removes the expiry of a key. */
export function touch(request: TouchRequest, { store }: Services): Response {
  const { key, ttl } = request;
  return store.expire(key, ttl === undefined ? Infinity : store.now() + ttl) ? ok() : miss();
}

/** A page of keys. */
export function scan(request: ScanRequest, { store }: Services): Response {
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
