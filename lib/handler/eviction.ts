/**
 * Keeping the memory of the entries within its limit.
 *
 * @module
 */

import type { MemoryStore } from "../store/mod.ts";
import type { Services } from "./context.ts";
import { usedMemory } from "./memory.ts";
import type { EvictionPolicy } from "./settings.ts";

/** The error of a write that the memory has no room for, as Redis says it. */
const REFUSED_OVER_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";

const REFUSED_WITHOUT_REPLICAS = "NOREPLICAS Not enough good replicas to write.";

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
  while (usedMemory(databases) > settings.maxMemory) {
    if (!evictOne(services)) return false;
  }
  return true;
}

/**
 * Why a command that writes is refused now: because the memory is used up, or for want of replicas.
 *
 * @param needsMemory Whether it is refused over memory.
 * @param writes Whether it changes entries.
 */
export function writeRefusal(
  services: Services,
  needsMemory: boolean,
  writes: boolean,
): string | undefined {
  const { settings } = services;
  if (settings.maxMemory > 0 && !freeMemory(services) && needsMemory) return REFUSED_OVER_MEMORY;
  return writes && settings.minReplicas > 0 ? REFUSED_WITHOUT_REPLICAS : undefined;
}

/** Removes the entry of the least worth among a few; false when there is none that may be removed. */
function evictOne(services: Services): boolean {
  const { databases, settings, counters, events } = services;
  const candidates = Array.from({ length: databases.count }, (_, database) => database)
    .filter((database) => databases.at(database).size > 0)
    .flatMap((database) => sample(services, database))
    .sort((one, other) => one.worth - other.worth);
  const victim = candidates[0];
  if (victim === undefined || settings.maxMemoryPolicy === "noeviction") return false;
  databases.at(victim.database).delete(victim.key);
  counters.evicted++;
  events.emit("e", "evicted", victim.key, victim.database);
  return true;
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
    found.push({ database, key, worth: worthOf(store, key, policy) });
  }
  return found;
}

/** The least is removed first. How often an entry is read is not known: `lfu` goes by the last time. */
function worthOf(store: MemoryStore, key: Uint8Array, policy: EvictionPolicy): number {
  if (policy.endsWith("random")) return Math.random();
  const entry = store.peek(key);
  return (policy === "volatile-ttl" ? entry?.expiresAt : entry?.accessedAt) ?? 0;
}
