/**
 * The handler of requests about how entries are kept.
 *
 * @module
 */

import {
  CommandError,
  integer,
  miss,
  type ObjectRequest,
  parseInteger,
  type Response,
  text,
} from "../model/mod.ts";
import type { Entry } from "../store/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";

/** Redis keeps a value of up to so many bytes together with what it knows of it. */
const MAX_EMBEDDED = 44;
/** Redis has one object for each integer below this, which all keys share... */
const SHARED_INTEGERS = 10_000;
/** ...and says that so many do. */
const SHARED = 2 ** 31 - 1;

/** How Redis would keep the value of an entry. */
export function encodingOf(entry: Entry): "int" | "embstr" | "raw" {
  const { encoding, valueLength } = entry;
  if (encoding === "raw" || valueLength > MAX_EMBEDDED) return "raw";
  return encoding === "auto" && parseInteger(entry.value) !== undefined ? "int" : "embstr";
}

/** How many keys would share the value of an entry in Redis. */
export function refcountOf(entry: Entry): number {
  if (encodingOf(entry) !== "int") return 1;
  const value = parseInteger(entry.value)!;
  return value >= 0 && value < SHARED_INTEGERS ? SHARED : 1;
}

/** How an entry is kept. */
function object({ key, about }: ObjectRequest, peer: Peer): Response {
  const entry = peer.store.peek(key);
  if (entry === undefined) return miss();
  switch (about) {
    case "encoding":
      return text(encodingOf(entry));
    case "refcount":
      return integer(refcountOf(entry));
    case "idletime":
      if (isFrequencyAsked(peer)) throw refusal("is selected, idle time");
      return integer(Math.max(0, Math.floor((peer.store.now() - entry.accessedAt) / 1_000)));
    case "freq":
      if (!isFrequencyAsked(peer)) throw refusal("is not selected, access frequency");
      return integer(entry.frequency);
  }
}

/** Both are known always; Redis knows the one that the policy goes by, and tells no other. */
function isFrequencyAsked({ services }: Peer): boolean {
  return services.settings.maxMemoryPolicy.endsWith("lfu");
}

function refusal(why: string): CommandError {
  const message = `An LFU maxmemory policy ${why} not tracked. ` +
    "Please note that when switching between policies at runtime " +
    "LRU and LFU data will take some time to adjust.";
  return new CommandError("BAD_REQUEST", message);
}

/** The handler of requests about how entries are kept. */
export const OBJECT_HANDLERS: Handlers<ObjectRequest> = { OBJECT: object };
