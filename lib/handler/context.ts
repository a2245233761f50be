/**
 * What handlers work with.
 *
 * @module
 */

import type { MemoryStore } from "../store/mod.ts";
import type { Channels, Subscriber } from "./channels.ts";

/** Limits that handlers check. */
export interface HandlerLimits {
  /** The longest key, in bytes. */
  readonly maxKeySize: number;
  /** The longest value, in bytes: an entry does not grow over it either. */
  readonly maxValueSize: number;
  /** How many channels one connection may be subscribed to. */
  readonly maxSubscriptions: number;
}

/** Figures that are counted as the server runs. */
export interface Counters {
  /** Requests carried out or refused. */
  requests: number;
  /** Error replies. */
  errors: number;
  /** Connections accepted, ever. */
  accepted: number;
  /** Connections refused because there were too many. */
  refused: number;
  /** Connections open now. */
  connections: number;
}

/** What all connections of a server share. */
export interface Services {
  /** The entries. */
  readonly store: MemoryStore;
  /** Who is subscribed to what. */
  readonly channels: Channels;
  /** The figures. */
  readonly counters: Counters;
  /** The limits. */
  readonly limits: HandlerLimits;
  /** When the server started, by the store's clock. */
  readonly startedAt: number;
  /** Told of each exception that is a defect of this program; the request was answered with `INTERNAL`. */
  readonly onDefect: (cause: unknown) => void;
}

/** The connection that a request came from. */
export type Peer = Subscriber;

/** Counters at their start. */
export function newCounters(): Counters {
  return { requests: 0, errors: 0, accepted: 0, refused: 0, connections: 0 };
}
