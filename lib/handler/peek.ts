/**
 * Looking at entries.
 *
 * @module
 */

import type { Entry } from "../store/mod.ts";
import type { Peer } from "./context.ts";
import { notify } from "./keyspace_events.ts";

/** The entry of a key, without an access to it; that there is none is an event. */
export function peekFor(peer: Peer, key: Uint8Array): Entry | undefined {
  const entry = peer.store.peek(key);
  if (entry === undefined) notify(peer, "m", "keymiss", key);
  return entry;
}
