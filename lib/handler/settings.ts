/**
 * What may be changed while the server runs.
 *
 * @module
 */

import { DEFAULT_JOURNAL_SETTINGS, type JournalSettings } from "../store/mod.ts";

/** What is done when the memory is used up: nothing is written, or entries of some kind are removed. */
export const EVICTION_POLICIES = [
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "noeviction",
] as const;

/** One of {@linkcode EVICTION_POLICIES}. */
export type EvictionPolicy = (typeof EVICTION_POLICIES)[number];

/** What is done unless something else is said: nothing is removed. */
export const DEFAULT_EVICTION_POLICY: EvictionPolicy = "noeviction";

/** What requests can be required to have. */
export const REQUIRED_FLAGS = ["CHECKSUM", "SIGNED", "ENCRYPTED"] as const;

/** One of {@linkcode REQUIRED_FLAGS}. */
export type RequiredFlag = (typeof REQUIRED_FLAGS)[number];

/** Who may send DEBUG: nobody, clients on this machine, or everybody. */
export type DebugAccess = "no" | "local" | "yes";

/** The settings that are not limits. Handlers read them each time; CONFIG SET writes them. */
export class Settings {
  /** The password of clients; empty: none is asked for. */
  password = "";
  /** What clients and the server know and nobody else, for SIGNED and ENCRYPTED; empty: they are not used. */
  secret: Uint8Array = new Uint8Array();
  /** Whether values are compressed for clients that want it. */
  compress = true;
  /** What every request must be protected with. */
  required: readonly RequiredFlag[] = [];
  /** Whether the server refuses to let everybody in where other machines reach it. */
  protectedMode = true;
  /** How many bytes the entries may take; 0 for any number. */
  maxMemory = 0;
  /** What is done when they take more. */
  maxMemoryPolicy: EvictionPolicy = DEFAULT_EVICTION_POLICY;
  /** How many entries are looked at to find one to remove. */
  maxMemorySamples = 5;
  /** Writes of RESP are refused with fewer replicas. There never is one: any number but 0 refuses all. */
  minReplicas = 0;
  /** Requests that take longer are kept in the slow log, in microseconds; -1 for none. */
  slowerThan = 10_000;
  /** How many requests the slow log keeps. */
  slowLogLength = 128;
  /** Times from so many milliseconds on are kept by the latency monitor; 0 for none. */
  latencyThreshold = 0;
  /** The percentiles of times that INFO shows. */
  percentiles: readonly number[] = [50, 99, 99.9];
  /** Who may send DEBUG. */
  debugAccess: DebugAccess = "local";
  /** The TCP port that a client wants the server to listen on. */
  wantedPort = 0;
  /** When what is written is on stable storage, and when the journal is made short. */
  readonly journal: JournalSettings;
  /** Settings of Redis that change nothing here, by name: they are kept so that tools can set them. */
  readonly stored: Map<string, string> = new Map();

  /** Takes the settings of a journal that there is; without it they are the defaults. */
  constructor(journal: JournalSettings = { ...DEFAULT_JOURNAL_SETTINGS }) {
    this.journal = journal;
  }
}
