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

/** What the entries of a database take besides their bytes. */
export function overheadOf({ used, bytes }: MemoryStore): number {
  return used - bytes;
}

/**
 * How many bytes all entries take, which `maxmemory` limits: blocks, slots and places that are in use. What is
 * held for them is more, with what is free among it, and does not get less at once as entries are evicted, so
 * that all would go before it did. It follows: when more than half of a database's blocks is free, records
 * are moved so that the rest can be given back.
 */
export function usedMemory(databases: Databases): number {
  // Each write asks when there is a limit, and most databases are empty: a loop, and a look at each.
  const { count } = databases;
  let used = 0;
  for (let index = 0; index < count; index++) {
    const store = databases.at(index);
    if (store.size > 0) used += store.used;
  }
  return used;
}

/** How many bytes are held for the entries, with what is free for others. */
export function heldMemory(databases: Databases): number {
  return databases.total(({ memory }) => memory);
}

/** How many bytes they take, and the most that they took at any look. */
export function measuredMemory(
  { databases, statistics }: Services,
): { readonly used: number; readonly peak: number } {
  const used = usedMemory(databases);
  statistics.peakMemory = Math.max(statistics.peakMemory, used);
  return { used, peak: statistics.peakMemory };
}

/** How many bytes an entry takes: its block, what stands outside, its slot, and its place if it expires. */
function usage({ key }: MemoryUsageRequest, { store }: Peer): Response {
  const used = store.usedBy(key);
  return used === 0 ? miss() : integer(used);
}

/** The figures, name and value by turns; a text is a number with a fraction. */
function stats(_: MemoryStatsRequest, { services }: Peer): Response {
  const { databases, system } = services;
  const { used, peak } = measuredMemory(services);
  const { rss, heapUsed, external } = system.memory();
  const keys = databases.total(({ size }) => size);
  const overhead = databases.total(overheadOf);
  return list([
    ...whole("peak.allocated", peak),
    ...whole("total.allocated", used),
    ...whole("startup.allocated", 0),
    ...["replication.backlog", "clients.slaves", "clients.normal", "cluster.links", "aof.buffer"]
      .flatMap((name) => whole(name, 0)),
    ...whole("lua.caches", 0),
    ...whole("functions.caches", 0),
    ...databaseFigures(databases),
    ...whole("overhead.total", overhead),
    ...whole("keys.count", keys),
    ...whole("keys.bytes-per-key", keys === 0 ? 0 : Math.floor(used / keys)),
    ...whole("dataset.bytes", used - overhead),
    ...fraction("dataset.percentage", 100 * (used - overhead) / Math.max(1, used)),
    ...fraction("peak.percentage", 100 * used / Math.max(1, peak)),
    ...whole("allocator.allocated", used),
    ...whole("allocator.active", heldMemory(databases)),
    ...whole("allocator.resident", rss),
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
        ...whole("overhead.hashtable.main", overheadOf(store)),
        ...whole("overhead.hashtable.expires", 0), // It is part of the other.
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
