/**
 * The handlers of requests that give entries other keys or databases.
 *
 * @module
 */

import {
  CommandError,
  type CopyRequest,
  miss,
  type MoveRequest,
  ok,
  type RenameRequest,
  type Response,
} from "../model/mod.ts";
import type { Entry, MemoryStore } from "../store/mod.ts";
import type { Peer } from "./context.ts";
import { databaseAt } from "./databases.ts";
import type { Handlers } from "./handlers.ts";
import { notify } from "./keyspace_events.ts";
import { lookUp } from "./values.ts";
import { equals } from "@std/bytes";

/** Stores what an entry has under a key that is free, or made free. */
function carry(entry: Entry, to: MemoryStore, key: Uint8Array): void {
  const { value, expiresAt, encoding } = entry;
  to.delete(key);
  to.set(key, value, expiresAt, encoding);
}

/** Gives an entry another key. */
function rename(request: RenameRequest, peer: Peer): Response {
  const { key, newKey, ifAbsent } = request;
  const { store } = peer;
  const entry = store.get(key);
  if (entry === undefined) throw new CommandError("BAD_REQUEST", "no such key");
  if (ifAbsent && store.get(newKey) !== undefined) return miss();
  if (equals(key, newKey)) return ok();
  carry(entry, store, newKey);
  store.delete(key);
  notify(peer, "g", "rename_from", key);
  notify(peer, "g", "rename_to", newKey);
  return ok();
}

/** Copies an entry. */
function copy(request: CopyRequest, peer: Peer): Response {
  const { key, newKey, database = peer.database, replace } = request;
  const to = databaseAt(peer, database);
  if (to === peer.store && equals(key, newKey)) throw sameObject();
  const entry = lookUp(peer, key);
  if (entry === undefined) return miss();
  if (!replace && to.get(newKey) !== undefined) return miss();
  carry(entry, to, newKey);
  peer.services.events.emit("g", "copy_to", newKey, database);
  return ok();
}

/** Moves an entry to another database, unless there is one of that key. */
function move({ key, database }: MoveRequest, peer: Peer): Response {
  const { store } = peer;
  const to = databaseAt(peer, database);
  if (to === store) throw sameObject();
  const entry = store.get(key);
  if (entry === undefined || to.get(key) !== undefined) return miss();
  carry(entry, to, key);
  store.delete(key);
  notify(peer, "g", "move_from", key);
  peer.services.events.emit("g", "move_to", key, database);
  return ok();
}

function sameObject(): CommandError {
  return new CommandError("BAD_REQUEST", "source and destination objects are the same");
}

/** The handlers of requests that give entries other keys or databases. */
export const RENAME_HANDLERS: Handlers<RenameRequest | CopyRequest | MoveRequest> = {
  RENAME: rename,
  COPY: copy,
  MOVE: move,
};
