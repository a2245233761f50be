/**
 * Keeping the memory of the entries within its limit.
 *
 * @module
 */

import { error, type ErrorResponse } from "../model/mod.ts";
import type { Entry } from "../store/mod.ts";
import type { Services } from "./context.ts";
import { usedMemory } from "./memory.ts";
import type { EvictionPolicy } from "./settings.ts";

/** An entry that may be removed, and how much it deserves to stay. */
interface Candidate {
  readonly database: number;
  readonly key: Uint8Array;
  readonly worth: number;
}

/**
 * Removes entries until the rest fits into `maxmemory`, as the policy says.
 *
 * @returns Whether the rest fits.
 */
export function freeMemory(services: Services): boolean {
  const { databases, settings } = services;
  if (settings.maxMemory === 0) return true;
  let used = usedMemory(databases);
  while (used > settings.maxMemory) {
    evictOne(services);
    const left = usedMemory(databases);
    if (left === used) return false; // Nothing is left that may be removed.
    used = left;
  }
  return true;
}

/**
 * Makes room for a request that needs memory.
 *
 * @returns Why it cannot be carried out, when there is no room.
 */
export function memoryRefusal(services: Services): ErrorResponse | undefined {
  if (freeMemory(services)) return undefined;
  const limit = services.settings.maxMemory;
  return error(
    "OUT_OF_MEMORY",
    `Cannot write: the entries take ${usedMemory(services.databases)} bytes, ` +
      `the limit is ${limit} (option maxmemory)`,
  );
}

/** Removes the entry of the least worth among a few; none when none may be removed. */
function evictOne(services: Services): void {
  const { databases, counters, events } = services;
  let victim: Candidate | undefined;
  for (let database = 0; database < databases.count; database++) {
    for (const candidate of sample(services, database)) {
      if (victim === undefined || candidate.worth < victim.worth) victim = candidate;
    }
  }
  // It may have expired since it was picked: then it was removed, and announced, as that.
  if (victim === undefined || !databases.at(victim.database).delete(victim.key)) return;
  counters.evicted++;
  events.emit("e", "evicted", victim.key, victim.database);
}

/** Entries of a database that may be removed, picked at random. */
function sample({ databases, settings }: Services, database: number): Candidate[] {
  const store = databases.at(database);
  const { maxMemoryPolicy: policy, maxMemorySamples } = settings;
  if (policy === "noeviction") return [];
  const found: Candidate[] = [];
  for (let at = 0; at < maxMemorySamples; at++) {
    const key = policy.startsWith("volatile") ? store.randomExpiringKey() : store.randomKey();
    if (key === undefined) break;
    const entry = store.peek(key); // None when it has expired: its memory is free by that.
    if (entry !== undefined) found.push({ database, key, worth: worthOf(entry, policy) });
  }
  return found;
}

/** The least is removed first. How often an entry is read is not known: `lfu` goes by the last time. */
function worthOf({ expiresAt, accessedAt }: Entry, policy: EvictionPolicy): number {
  if (policy.endsWith("random")) return Math.random();
  return policy === "volatile-ttl" ? expiresAt : accessedAt;
}
