/**
 * Keeping the memory of the entries within its limit.
 *
 * @module
 */

import { error, type ErrorResponse } from "../model/mod.ts";
import type { Entry, MemoryStore } from "../store/mod.ts";
import type { Services } from "./context.ts";
import type { Candidate } from "./eviction_pool.ts";
import { usedMemory } from "./memory.ts";
import type { EvictionPolicy } from "./settings.ts";

/**
 * Removes entries until the rest fits into `maxmemory`, as the policy says.
 *
 * @param size How many bytes are to fit beside them.
 * @returns Whether the rest fits.
 */
export function freeMemory(services: Services, size = 0): boolean {
  const { databases, settings: { maxMemory } } = services;
  if (maxMemory === 0) return true;
  if (size > maxMemory) return false; // To remove all others would not do.
  const isOver = () => usedMemory(databases) + size > maxMemory;
  // What cannot be written cannot be removed either.
  if (services.journal?.failure !== undefined) return !isOver();
  while (isOver()) {
    if (!evictOne(services)) return false; // Nothing is left that may be removed.
  }
  return true;
}

/**
 * Makes room for a request that needs memory.
 *
 * @param size How many bytes it needs, where that is known.
 * @returns Why it cannot be carried out, when there is no room.
 */
export function memoryRefusal(services: Services, size = 0): ErrorResponse | undefined {
  if (freeMemory(services, size)) return undefined;
  const limit = services.settings.maxMemory;
  return error(
    "OUT_OF_MEMORY",
    `Cannot write${size === 0 ? "" : ` ${size} bytes`}: the entries take ${
      usedMemory(services.databases)
    } bytes, the limit is ${limit} (option maxmemory)`,
  );
}

/** Removes an entry that the policy chooses; returns whether one is gone. */
function evictOne(services: Services): boolean {
  const { databases, counters, events, settings } = services;
  const before = databases.total(({ size }) => size);
  const victim = settings.maxMemoryPolicy.endsWith("random") ? anyOf(services) : leastOf(services);
  // It may have expired since it was picked: then it was removed, and announced, as that.
  if (victim !== undefined && databases.at(victim.database).delete(victim.key)) {
    counters.evicted++;
    events.emit("e", "evicted", victim.key, victim.database);
  }
  return databases.total(({ size }) => size) < before;
}

/** Any entry of those that may be removed, each as likely as another. */
function anyOf({ databases, settings }: Services): Candidate | undefined {
  const expiring = isVolatile(settings.maxMemoryPolicy);
  const sizeOf = ({ size, expiringSize }: MemoryStore) => expiring ? expiringSize : size;
  let place = Math.floor(databases.random() * databases.total(sizeOf));
  for (let database = 0; database < databases.count; database++) {
    const store = databases.at(database);
    place -= sizeOf(store);
    if (place >= 0) continue;
    const entry = store.randomEntry(expiring);
    return entry && { database, key: entry.key, worth: 0 };
  }
  return undefined;
}

/** The entry of the least worth, of those in the pool. What they were worth when they came may not be true now. */
function leastOf(services: Services): Candidate | undefined {
  const { databases, settings: { maxMemoryPolicy: policy }, evictions } = services;
  evictions.use(policy);
  for (let database = 0; database < databases.count; database++) addSamples(services, database);
  for (let found = evictions.take(); found !== undefined; found = evictions.take()) {
    const { database, key } = found;
    const entry = databases.at(database).peek(key);
    if (entry === undefined || isVolatile(policy) && entry.expiresAt === Infinity) continue;
    const worth = worthOf(entry, policy);
    if (worth <= found.worth) return found;
    evictions.add({ database, key, worth });
  }
  return undefined;
}

/** Picks entries of a database at random for the pool. */
function addSamples({ databases, settings, evictions }: Services, database: number): void {
  const { maxMemoryPolicy: policy, maxMemorySamples } = settings;
  const store = databases.at(database);
  if (policy === "noeviction" || store.size === 0) return;
  for (let at = 0; at < maxMemorySamples; at++) {
    const entry = store.randomEntry(isVolatile(policy)); // None when it has expired: it is gone by that.
    if (entry === undefined) continue;
    const worth = worthOf(entry, policy);
    if (evictions.takes(worth)) evictions.add({ database, key: entry.key.slice(), worth });
  }
}

function isVolatile(policy: EvictionPolicy): boolean {
  return policy.startsWith("volatile");
}

/** More than any time, so that of equally frequent ones the one goes that was not accessed for longest. */
const FREQUENCY = 2 ** 42;

function worthOf({ expiresAt, accessedAt, frequency }: Entry, policy: EvictionPolicy): number {
  if (policy === "volatile-ttl") return expiresAt;
  return policy.endsWith("lfu") ? frequency * FREQUENCY + accessedAt : accessedAt;
}
