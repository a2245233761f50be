/**
 * The section of INFO about memory.
 *
 * @module
 */

import type { Services } from "./context.ts";
import type { InfoFields } from "./info.ts";
import { heldMemory, measuredMemory, overheadOf } from "./memory.ts";

/** What the entries take, what is held for them, and what the process has. */
export function memorySection(services: Services): InfoFields {
  const { databases, settings, system } = services;
  const { used, peak } = measuredMemory(services);
  const { rss, heapUsed, external } = system.memory();
  const overhead = databases.total(overheadOf);
  return {
    ...withHuman("used_memory", used),
    ...withHuman("used_memory_rss", rss),
    ...withHuman("used_memory_peak", peak),
    used_memory_peak_perc: percent(used / Math.max(1, peak)),
    used_memory_overhead: overhead,
    used_memory_startup: 0,
    used_memory_dataset: used - overhead,
    used_memory_dataset_perc: percent((used - overhead) / Math.max(1, used)),
    allocator_allocated: used,
    allocator_active: heldMemory(databases),
    allocator_resident: rss,
    ...withHuman("total_system_memory", 0), // The program may not ask for it.
    ...withHuman("used_memory_lua", 0),
    used_memory_scripts: 0,
    number_of_cached_scripts: 0,
    number_of_functions: 0,
    number_of_libraries: 0,
    ...withHuman("maxmemory", settings.maxMemory),
    maxmemory_policy: settings.maxMemoryPolicy,
    mem_fragmentation_ratio: (rss / (heapUsed + external)).toFixed(2),
    mem_fragmentation_bytes: rss - heapUsed - external,
    mem_not_counted_for_evict: 0,
    mem_replication_backlog: 0,
    mem_clients_slaves: 0,
    mem_clients_normal: system.bufferBytes,
    mem_aof_buffer: 0,
    mem_allocator: "v8",
    active_defrag_running: 0,
    lazyfree_pending_objects: 0,
    lazyfreed_objects: 0,
  };
}

function withHuman(name: string, bytes: number): InfoFields {
  return { [name]: bytes, [`${name}_human`]: humanBytes(bytes) };
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)}%`;
}

const UNITS: readonly string[] = ["B", "K", "M", "G", "T", "P"];

/** Bytes with a unit, as `1.50M`. */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1_024 && unit < UNITS.length - 1; unit++) value /= 1_024;
  return unit === 0 ? `${value}B` : `${value.toFixed(2)}${UNITS[unit]}`;
}
