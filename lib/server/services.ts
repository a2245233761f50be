/**
 * What all connections of a server share.
 *
 * @module
 */

import { Channels, newCounters, type Services } from "../handler/mod.ts";
import { MemoryStore } from "../store/mod.ts";
import { type Limits, serverLimits } from "./limits.ts";

/** What services are made of. */
export interface ServicesOptions {
  /** The limits; those that are not given have their defaults. */
  readonly limits?: Limits;
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Told of each exception that is a defect of this program. Default: throws it again. */
  readonly onDefect?: (cause: unknown) => void;
}

/**
 * Makes the services of a server: an empty store, no channels, counters at 0.
 *
 * @throws {RangeError} When a limit is out of range.
 */
export function newServices(options: ServicesOptions = {}): Services {
  const { limits = {}, now = Date.now, onDefect = rethrow } = options;
  const store = new MemoryStore({ now });
  return {
    store,
    channels: new Channels(),
    counters: newCounters(),
    limits: serverLimits(limits),
    startedAt: now(),
    onDefect,
  };
}

function rethrow(cause: unknown): never {
  throw cause;
}
