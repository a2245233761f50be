/**
 * The handlers of DEBUG.
 *
 * @module
 */

import {
  CommandError,
  type DebugActiveExpireRequest,
  type DebugHotKeysRequest,
  type DebugLogRequest,
  type DebugObjectRequest,
  type DebugRequest,
  type DebugSleepRequest,
  integer,
  list,
  ok,
  type Response,
  text,
} from "../model/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { lruClock } from "./info_state.ts";
import { encodingOf, refcountOf } from "./object.ts";
import { percentText } from "./stats.ts";

/** Stops the whole server, as Redis does: that is what it is for. */
function sleep({ ms }: DebugSleepRequest, { services }: Peer): Response {
  services.system.sleep(ms);
  return ok();
}

function setActiveExpire({ on }: DebugActiveExpireRequest, { services }: Peer): Response {
  services.databases.activeExpiry = on;
  return ok();
}

/** The line is written as a JSON string, so that it stays one line and is told from those of the server. */
function log({ line }: DebugLogRequest, { services }: Peer): Response {
  services.system.log(`DEBUG LOG: ${JSON.stringify(line)}`);
  return ok();
}

/** How an entry is stored, in the form of Redis; there are no addresses, a number of the key stands for one. */
function describe({ key }: DebugObjectRequest, { store }: Peer): Response {
  const entry = store.peek(key);
  if (entry === undefined) throw new CommandError("BAD_REQUEST", "no such key");
  const { valueLength, accessedAt } = entry;
  const idle = Math.max(0, Math.floor((store.now() - accessedAt) / 1_000));
  const fields = [
    `at:0x${hashOf(key).toString(16).padStart(12, "0")}`,
    `refcount:${refcountOf(entry)}`,
    `encoding:${encodingOf(entry)}`,
    `serializedlength:${valueLength + 1}`,
    `lru:${lruClock(accessedAt)}`,
    `lru_seconds_idle:${idle}`,
  ];
  return text(`Value ${fields.join(" ")}`);
}

/** FNV-1a, in 32 bits. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** The keys that most requests are about: each with its database, its share, and by how much that may be too much. */
function hotKeys({ count }: DebugHotKeysRequest, { services }: Peer): Response {
  return list(
    services.statistics.hotKeys.top(count).map(({ key, database, share, error }) =>
      list([ok(key), integer(database), text(percentText(share)), text(percentText(error))])
    ),
  );
}

/** The reply is one of the protocol, and its command has it. */
function nothing(): Response {
  return ok();
}

/** The handlers of DEBUG. */
export const DEBUG_HANDLERS: Handlers<DebugRequest> = {
  DEBUG_SLEEP: sleep,
  DEBUG_ACTIVE_EXPIRE: setActiveExpire,
  DEBUG_LOG: log,
  DEBUG_OBJECT: describe,
  DEBUG_HOTKEYS: hotKeys,
  DEBUG_PROTOCOL: nothing,
  DEBUG_HELP: nothing,
};
