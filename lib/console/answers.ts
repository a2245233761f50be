/**
 * What the server answers to the console (lib/server/admin/api.ts).
 *
 * @module
 */

/** Times in microseconds, in their order, each with how often it occurred. */
export type Counts = readonly (readonly [micros: number, count: number])[];

/** The requests of one protocol since the server started. */
export interface ProtocolTotals {
  /** How many there were. */
  readonly requests: number;
  /** How long they took. */
  readonly times: Counts;
}

/** What the server did since it started, and what it has now. */
export interface Overview {
  readonly version: string;
  readonly runtime: string;
  readonly now: number;
  readonly startedAt: number;
  readonly requests: number;
  readonly errors: number;
  readonly hits: number;
  readonly misses: number;
  readonly evicted: number;
  readonly received: number;
  readonly sent: number;
  readonly protocols: Readonly<Record<"cafe" | "resp", ProtocolTotals>>;
  readonly lag: Counts;
  readonly connections: Readonly<
    Record<"cafe" | "resp" | "none" | "accepted" | "refused" | "limit", number>
  >;
  readonly memory: Readonly<Record<"rss" | "heapTotal" | "heapUsed" | "external", number>>;
  readonly buffers: number;
  readonly store: Readonly<Record<"keys" | "expired" | "used" | "held" | "limit", number>>;
  /** Absent without a journal. */
  readonly journal?: { readonly failed: boolean };
}

/** Who looks. */
export interface Visit {
  readonly wanted: "nothing" | "password" | "user";
  readonly user?: string;
  readonly entered: boolean;
  readonly may: readonly string[];
  readonly databases: number;
}

/** A connection. */
export interface ConnectionRow {
  readonly id: number;
  readonly protocol: string;
  readonly address: string;
  readonly name: string;
  readonly library: string;
  readonly libraryVersion: string;
  readonly user: string;
  readonly age: number;
  readonly idle: number;
  readonly blocked: boolean;
  readonly database: number;
  readonly command: string;
  readonly channels: number;
  readonly patterns: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly version: number;
}

/** The connections that came first. */
export interface Connections {
  readonly connections: readonly ConnectionRow[];
  readonly total: number;
}

/** The slowest requests of late. */
export interface SlowLog {
  readonly entries: readonly {
    readonly id: number;
    readonly time: number;
    readonly micros: number;
    readonly args: readonly string[];
    readonly address: string;
    readonly clientName: string;
  }[];
  readonly total: number;
  /** From how many microseconds on a request is kept; less than 0: none is. */
  readonly threshold: number;
}

/** The keys that most requests are about. */
export interface HotKeys {
  readonly keys: readonly {
    readonly database: number;
    readonly key: string;
    readonly share: number;
    readonly error: number;
  }[];
}

/** A page of keys in hex. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly cursor: number;
}

/** An entry. */
export interface Entry {
  /** The first bytes of the value, in hex. */
  readonly value: string;
  readonly size: number;
  readonly isCut: boolean;
  /** Milliseconds; null for an entry that stays. */
  readonly ttl: number | null;
  readonly version: number;
}
