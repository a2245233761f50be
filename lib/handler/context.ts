/**
 * What handlers work with.
 *
 * @module
 */

import type { Databases, Journal, MemoryStore } from "../store/mod.ts";
import type { Channels, Subscriber } from "./channels.ts";
import type { Clients } from "./clients.ts";
import type { EvictionPool } from "./eviction_pool.ts";
import type { FailedLogins } from "./failed_logins.ts";
import type { KeyspaceEvents } from "./keyspace_events.ts";
import type { Monitors } from "./monitors.ts";
import type { Settings } from "./settings.ts";
import type { Statistics } from "./statistics.ts";
import type { System } from "./system.ts";
import type { PasswordHash, Users } from "./user.ts";

/** Limits that handlers check, or change. */
export interface HandlerLimits {
  /** The longest key, in bytes. */
  readonly maxKeySize: number;
  /** The longest value, in bytes: an entry does not grow over it either. */
  readonly maxValueSize: number;
  /** The longest argument of a RESP request, in bytes: with RESP an entry does not grow over it. */
  maxBulkSize: number;
  /** The longest transaction of RESP, in bytes: what is queued, and the keys that are watched. */
  maxTransactionSize: number;
  /** The longest value that comes in parts, in bytes. */
  readonly maxStreamedSize: number;
  /** How many values may come and go in parts on one connection. */
  readonly maxTransfers: number;
  /** How many requests a client may have in flight that has agreed on a window. */
  readonly maxInFlight: number;
  /** How many bytes of them. */
  readonly maxInFlightBytes: number;
  /** How many channels and patterns one connection may be subscribed to. */
  readonly maxSubscriptions: number;
  /** How many connections there may be at once. */
  maxConnections: number;
  /** How many bytes of messages are held for a connection that reads slowly. */
  maxOutputSize: number;
  /** How many of them may be held for a longer time; 0 for any number. */
  softOutputSize: number;
  /** How long that time is, in milliseconds. */
  softOutputTime: number;
  /** After how long an idle connection is closed, in milliseconds; 0 for never. */
  idleTimeout: number;
  /** How many logins may fail on one connection; 0 for any number. */
  readonly maxAuthFailures: number;
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
  /** Connections that are held now, those that are ending among them. */
  connections: number;
  /** Keys that were looked up and found. */
  hits: number;
  /** Keys that were looked up and not found. */
  misses: number;
  /** Entries removed because the memory was used up. */
  evicted: number;
  /** Reads from sockets. */
  reads: number;
  /** Writes to sockets. */
  writes: number;
  /** Bytes read from sockets. */
  bytesIn: number;
  /** Bytes written to sockets. */
  bytesOut: number;
}

/** What all connections of a server share. */
export interface Services {
  /** The entries. */
  readonly databases: Databases;
  /** Where the entries are kept on disk; `undefined` when they are in memory only. */
  readonly journal: Journal | undefined;
  /** Who is subscribed to what. */
  readonly channels: Channels;
  /** The events of keys. */
  readonly events: KeyspaceEvents;
  /** Who is connected. */
  readonly clients: Clients;
  /** Who watches all requests. */
  readonly monitors: Monitors;
  /** The figures. */
  readonly counters: Counters;
  /** The limits. */
  readonly limits: HandlerLimits;
  /** What may be changed while the server runs. */
  readonly settings: Settings;
  /** Who may come in, and do what; `undefined`: everybody who has the password may do everything. */
  readonly users: Users | undefined;
  /** Whether a password is the one of a hash. */
  readonly checkPassword: (
    password: Uint8Array,
    hash: PasswordHash,
  ) => boolean | Promise<boolean>;
  /** The logins that have failed of late. */
  readonly failedLogins: FailedLogins;
  /** The entries that are to be evicted next. */
  readonly evictions: EvictionPool;
  /** The figures of commands and errors. */
  readonly statistics: Statistics;
  /** The process, and the server as a whole. */
  readonly system: System;
  /** When the server started, by the store's clock. */
  readonly startedAt: number;
  /** Told of each exception that is a defect of this program; the request was answered with `INTERNAL`. */
  readonly onDefect: (cause: unknown) => void;
}

/** The connection that a request came from. */
export interface Peer extends Subscriber {
  /** What it shares with all connections. */
  readonly services: Services;
  /** The number of the database that its requests are about. */
  readonly database: number;
  /** That database. */
  readonly store: MemoryStore;
  /** The longest value that it may make or be sent, in bytes. */
  readonly maxValueSize: number;
  /** The option that sets that. */
  readonly valueOption: "maxValueSize" | "maxBulkSize";
  /**
   * What of an offer is granted, as members for the reply to HELLO; without it there is nothing to agree on.
   *
   * @throws {CommandError} When it cannot be read, or something was agreed on before.
   */
  agree?(offer: Uint8Array): Readonly<Record<string, unknown>>;
}

/** Counters at their start. */
export function newCounters(): Counters {
  return {
    requests: 0,
    errors: 0,
    accepted: 0,
    refused: 0,
    connections: 0,
    hits: 0,
    misses: 0,
    evicted: 0,
    reads: 0,
    writes: 0,
    bytesIn: 0,
    bytesOut: 0,
  };
}
