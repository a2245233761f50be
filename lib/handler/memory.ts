/**
 * How much memory the entries take, and the handlers of MEMORY.
 *
 * @module
 */

import {
  integer,
  list,
  type MemoryDoctorRequest,
  type MemoryRequest,
  type MemoryStatsRequest,
  type MemoryUsageRequest,
  miss,
  type Response,
  text,
} from "../model/mod.ts";
import type { Databases, MemoryStore } from "../store/mod.ts";
import type { Peer, Services } from "./context.ts";
import type { Handlers } from "./handlers.ts";

/**
 * What an entry takes besides its bytes, about: its header, its slot in the index and what its block is too
 * large by. It was measured with 200,000 entries of 16 and 64 bytes. What a store really holds would not
 * do for `maxmemory`: it does not get less as entries are evicted, but is used again.
 */
const ENTRY_OVERHEAD = 72;
/** What an entry that expires takes besides, for its place in the heap. */
const EXPIRY_OVERHEAD = 16;
/** What an empty database takes, about. */
export const DATABASE_OVERHEAD = 4_096;

/** What the entries of a database take besides their bytes. */
export function overheadOf({ size, expiringSize }: MemoryStore): number {
  return size * ENTRY_OVERHEAD + expiringSize * EXPIRY_OVERHEAD;
}

/** How many bytes all databases take, about; what `maxmemory` limits. */
export function usedMemory(databases: Databases): number {
  // Each write asks when there is a limit, and most databases are empty: a loop, and a look at each.
  const { count } = databases;
  let used = count * DATABASE_OVERHEAD;
  for (let index = 0; index < count; index++) {
    const store = databases.at(index);
    if (store.size > 0) used += store.bytes + overheadOf(store);
  }
  return used;
}

/** How many bytes they take, and the most that they took at any look. */
export function measuredMemory(
  { databases, statistics }: Services,
): { readonly used: number; readonly peak: number } {
  const used = usedMemory(databases);
  statistics.peakMemory = Math.max(statistics.peakMemory, used);
  return { used, peak: statistics.peakMemory };
}

/** How many bytes an entry takes, about. */
function usage({ key }: MemoryUsageRequest, { store }: Peer): Response {
  const entry = store.peek(key);
  if (entry === undefined) return miss();
  const overhead = ENTRY_OVERHEAD + (entry.expiresAt === Infinity ? 0 : EXPIRY_OVERHEAD);
  return integer(entry.key.length + entry.valueLength + overhead);
}

/** The figures, name and value by turns; a text is a number with a fraction. */
function stats(_: MemoryStatsRequest, { services }: Peer): Response {
  const { databases, system } = services;
  const { used, peak } = measuredMemory(services);
  const { rss, heapUsed, external } = system.memory();
  const startup = databases.count * DATABASE_OVERHEAD;
  const keys = databases.total(({ size }) => size);
  const overhead = startup + databases.total(overheadOf);
  return list([
    ...whole("peak.allocated", peak),
    ...whole("total.allocated", used),
    ...whole("startup.allocated", startup),
    ...["replication.backlog", "clients.slaves", "clients.normal", "cluster.links", "aof.buffer"]
      .flatMap((name) => whole(name, 0)),
    ...whole("lua.caches", 0),
    ...whole("functions.caches", 0),
    ...databaseFigures(databases),
    ...whole("overhead.total", overhead),
    ...whole("keys.count", keys),
    ...whole("keys.bytes-per-key", keys === 0 ? 0 : Math.floor((used - startup) / keys)),
    ...whole("dataset.bytes", used - overhead),
    ...fraction("dataset.percentage", 100 * (used - overhead) / Math.max(1, used - startup)),
    ...fraction("peak.percentage", 100 * used / peak),
    ...fraction("fragmentation", rss / (heapUsed + external)),
    ...whole("fragmentation.bytes", rss - heapUsed - external),
  ]);
}

function databaseFigures(databases: Databases): Response[] {
  return Array.from({ length: databases.count }, (_, index) => {
    const store = databases.at(index);
    if (store.size === 0) return [];
    return [
      text(`db.${index}`),
      list([
        ...whole("overhead.hashtable.main", store.size * ENTRY_OVERHEAD),
        ...whole("overhead.hashtable.expires", store.expiringSize * EXPIRY_OVERHEAD),
        ...whole("overhead.hashtable.slot-to-keys", 0),
      ]),
    ];
  }).flat();
}

function whole(name: string, value: number): [Response, Response] {
  return [text(name), integer(value)];
}

function fraction(name: string, value: number): [Response, Response] {
  return [text(name), text(String(value))];
}

/** Below this there is nothing to say. */
const LITTLE = 5 * 1_024 * 1_024;

/** What the figures say, in words. */
function doctor(_: MemoryDoctorRequest, { services }: Peer): Response {
  const { used, peak } = measuredMemory(services);
  if (used < LITTLE) return text("The entries take little memory: there is nothing to look at.\n");
  const findings: string[] = [];
  const { maxMemory } = services.settings;
  if (used < peak / 1.5) {
    findings.push(
      `The entries take ${used} bytes and have taken ${peak}: rss may still show that.`,
    );
  }
  if (maxMemory > 0 && used > maxMemory * 0.9) {
    findings.push(`The entries take ${used} bytes of the ${maxMemory} that maxmemory allows.`);
  }
  const lines = findings.length === 0 ? ["Nothing is wrong with the memory."] : findings;
  return text(`${lines.join("\n")}\n`);
}

/** The handlers of MEMORY. */
export const MEMORY_HANDLERS: Handlers<MemoryRequest> = {
  MEMORY_USAGE: usage,
  MEMORY_STATS: stats,
  MEMORY_DOCTOR: doctor,
};
