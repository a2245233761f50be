import {
  Channels,
  Clients,
  EvictionPool,
  FailedLogins,
  handle,
  KeyspaceEvents,
  type Message,
  Monitors,
  newCounters,
  type Peer,
  type Services,
  Settings,
  Statistics,
  type System,
} from "../../lib/handler/mod.ts";
import type { ErrorCode, Request, Response } from "../../lib/model/mod.ts";
import { Databases } from "../../lib/store/mod.ts";
import { assertEquals } from "@std/assert";

/** Services whose clock stands still until the test moves it, and one peer. */
export class Bench {
  /** The present time; the databases' clock. */
  now = 1_000_000;
  /** What the databases' clock says; a test may make it go on with each look. */
  tick: () => number = () => this.now;
  /** What the databases pick at random by. */
  random: () => number = Math.random;
  /** What `onDefect` was told. */
  readonly defects: unknown[] = [];
  /** The clock that times requests, in milliseconds. */
  elapsed = 0;
  /** What was asked of the process, in order. */
  readonly asked: string[] = [];
  /** A process that only notes what it is asked for; port 7 is taken. */
  readonly system: System = {
    pid: 42,
    runId: "ab".repeat(20),
    platform: "linux x86_64",
    executable: "/bin/deno",
    runtime: "deno 2",
    hostname: "127.0.0.1",
    port: 6_379,
    unix: "",
    isExposed: false,
    collections: new Map([["scavenge", { count: 3, seconds: 0.25 }]]),
    bufferBytes: 77,
    memory: () => ({ rss: 4_000, heapTotal: 3_000, heapUsed: 1_000, external: 1_000 }),
    cpu: () => ({ user: 1.5, system: 0.25 }),
    listen: (port) => {
      this.asked.push(`listen ${port}`);
      if (port === 7) throw new Error("it is taken");
    },
    sleep: (ms) => void this.asked.push(`sleep ${ms}`),
    shutdown: () => void this.asked.push("shutdown"),
    log: (line) => void this.asked.push(`log ${line}`),
  };
  /** What the peer was given: channel, payload, checksum. */
  readonly delivered: (readonly [Uint8Array, Uint8Array, boolean])[] = [];
  readonly services: Services = this.#services();
  /** The peer that all requests come from. */
  readonly peer: Peer = {
    services: this.services,
    database: 0,
    store: this.services.databases.at(0),
    maxValueSize: 40,
    valueOption: "maxValueSize",
    deliver: ({ channel, payload, checksum }: Message): void => {
      this.delivered.push([channel, payload, checksum]);
    },
  };

  /** Carries out a request. What the response has lent of the store is made a copy. */
  run(request: Request): Response {
    const response = handle(request, this.peer);
    this.services.databases.loans.recall();
    return response;
  }

  /** Asserts that a request becomes an error. */
  assertError(request: Request, code: ErrorCode, message: string): void {
    assertEquals(this.run(request), { ...NO_HEAD, type: "ERR", code, message });
  }

  #services(): Services {
    const channels = new Channels();
    return {
      databases: new Databases({
        now: () => this.tick(),
        random: () => this.random(),
        seed: [1, 2],
      }),
      journal: undefined,
      channels,
      events: new KeyspaceEvents(channels),
      clients: new Clients(),
      monitors: new Monitors(),
      counters: newCounters(),
      limits: {
        maxKeySize: 100,
        maxValueSize: 40,
        maxStreamedSize: 1_000,
        maxTransfers: 4,
        maxInFlight: 10,
        maxInFlightBytes: 1_000,
        maxBulkSize: 80,
        maxTransactionSize: 1_000,
        maxSubscriptions: 2,
        maxConnections: 50,
        maxOutputSize: 1_000,
        softOutputSize: 0,
        softOutputTime: 0,
        idleTimeout: 0,
        maxAuthFailures: 0,
      },
      settings: new Settings(),
      users: undefined,
      checkPassword: () => false,
      failedLogins: new FailedLogins(),
      evictions: new EvictionPool(),
      statistics: new Statistics(() => this.elapsed),
      system: this.system,
      startedAt: this.now,
      onDefect: (cause) => void this.defects.push(cause),
    };
  }
}

/** What a response has before the session adds the request's. */
export const NO_HEAD = { id: undefined, checksum: false };

/** Commands as far as counting goes. */
export const COUNTED = {
  get: { name: "get", index: 0, flags: ["readonly", "fast"] },
  set: { name: "set", index: 1, flags: [] },
  keys: { name: "keys", index: 2, flags: ["readonly"] },
  exec: { name: "exec", index: 3, flags: [] },
  configGet: { name: "config|get", index: 4, flags: [] },
} as const;
