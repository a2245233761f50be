/**
 * What commands that read and write values have in common.
 *
 * @module
 */

import { CommandError, ok, type OkResponse } from "../model/mod.ts";
import { type Entry, LARGE } from "../store/mod.ts";
import type { Peer } from "./context.ts";
import { notify } from "./keyspace_events.ts";

/** The entry of a key, for a command that reads; it counts as a hit or a miss, and a miss is announced. */
export function lookUp(peer: Peer, key: Uint8Array): Entry | undefined {
  return counted(peer.store.get(key), peer, key);
}

/** The same without an access to it, for a command that does not tell the value. */
export function peekFor(peer: Peer, key: Uint8Array): Entry | undefined {
  return counted(peer.store.peek(key), peer, key);
}

function counted(entry: Entry | undefined, peer: Peer, key: Uint8Array): Entry | undefined {
  if (entry === undefined) {
    peer.services.counters.misses++;
    notify(peer, "m", "keymiss", key);
  } else peer.services.counters.hits++;
  return entry;
}

/** The value of an entry in a reply: lent, unless it stands in an array of its own. */
export function lent(entry: Entry, { services }: Peer, ttl?: number, version?: number): OkResponse {
  const { view } = entry;
  const reply = ok(view, ttl, version);
  if (view.length < LARGE) services.databases.loans.lend(reply);
  return reply;
}

/**
 * A copy of a value that is at least so long, with zeros at its end.
 *
 * @param length It is checked against the limit before.
 */
export function resized(value: Uint8Array, length: number): Uint8Array {
  const copy = new Uint8Array(Math.max(value.length, length));
  copy.set(value);
  return copy;
}

/** A place from 0, of one that may count from the end. */
export function placeOf(index: number, length: number): number {
  return index < 0 ? Math.max(0, index + length) : index;
}

/**
 * Checks the length of a value that is about to be made or told.
 *
 * @param what What is done with it, as in "append: the value would have".
 * @throws {CommandError} When the peer's protocol does not carry it.
 */
export function checkSize(what: string, length: number, peer: Peer): void {
  const { maxValueSize, valueOption } = peer;
  if (length <= maxValueSize) return;
  throw new CommandError(
    "TOO_LARGE",
    `Cannot ${what} ${length} bytes, the limit is ${maxValueSize} (option ${valueOption})`,
  );
}
