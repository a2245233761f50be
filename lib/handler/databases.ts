/**
 * The handlers of requests about databases as a whole.
 *
 * @module
 */

import {
  CommandError,
  count,
  type DatabaseSizeRequest,
  type FlushRequest,
  ok,
  type Response,
  type SwapDatabasesRequest,
} from "../model/mod.ts";
import type { MemoryStore } from "../store/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";

/**
 * The database of a number.
 *
 * @throws {CommandError} When there is none.
 */
export function databaseAt({ services: { databases } }: Peer, index: number): MemoryStore {
  if (index >= 0 && index < databases.count) return databases.at(index);
  throw new CommandError("BAD_REQUEST", "DB index is out of range");
}

/** How many keys there are. */
function size(_: DatabaseSizeRequest, peer: Peer): Response {
  return count(peer.store.size);
}

/** Removes all keys. */
function flush({ scope }: FlushRequest, peer: Peer): Response {
  if (scope === "all") peer.services.databases.clear();
  else peer.store.clear();
  return ok();
}

/** Gives each of two databases the number of the other. */
function swap({ first, second }: SwapDatabasesRequest, peer: Peer): Response {
  databaseAt(peer, first);
  databaseAt(peer, second);
  peer.services.databases.swap(first, second);
  return ok();
}

/** The handlers of requests about databases as a whole. */
export const DATABASE_HANDLERS: Handlers<
  DatabaseSizeRequest | FlushRequest | SwapDatabasesRequest
> = { DATABASE_SIZE: size, FLUSH: flush, SWAP_DATABASES: swap };
