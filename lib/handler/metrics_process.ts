/**
 * The metrics of the process.
 *
 * @module
 */

import { VERSION } from "./about.ts";
import { counter, gauge } from "./metric.ts";
import type { Metric } from "./metrics.ts";

/** The metrics of the process. */
export const PROCESS_METRICS: readonly Metric[] = [
  {
    name: "cortado_build_info",
    help: "1, with the release of the server and what runs it.",
    type: "gauge",
    read: ({ system }) => [{ labels: { version: VERSION, runtime: system.runtime }, value: 1 }],
  },
  gauge(
    "process_start_time_seconds",
    "When the server started, in seconds since 1970.",
    ({ startedAt }) => startedAt / 1_000,
  ),
  counter(
    "process_cpu_seconds_total",
    "Processor time of the process, in the program and in the system.",
    ({ system }) => system.cpu().user + system.cpu().system,
  ),
  gauge(
    "process_resident_memory_bytes",
    "What the process has of the machine's memory.",
    ({ system }) => system.memory().rss,
  ),
  gauge(
    "cortado_heap_size_bytes",
    "The heap of the runtime, with what is free in it.",
    ({ system }) => system.memory().heapTotal,
  ),
  gauge(
    "cortado_heap_used_bytes",
    "What of the heap is used.",
    ({ system }) => system.memory().heapUsed,
  ),
  gauge(
    "cortado_external_memory_bytes",
    "Buffers outside the heap, those of the entries among them.",
    ({ system }) => system.memory().external,
  ),
  {
    name: "cortado_gc_pauses_total",
    help: "Garbage collections, by their kind.",
    type: "counter",
    read: ({ system }) =>
      [...system.collections].map(([kind, { count }]) => ({ labels: { kind }, value: count })),
  },
  {
    name: "cortado_gc_pause_seconds_total",
    help: "How long the program stood still for garbage collections, by their kind.",
    type: "counter",
    read: ({ system }) =>
      [...system.collections].map(([kind, { seconds }]) => ({ labels: { kind }, value: seconds })),
  },
  {
    name: "cortado_event_loop_lag_seconds",
    help: "By how much a timer of 50 ms was late: for so long nobody was served.",
    type: "histogram",
    read: ({ statistics }) => [{ value: statistics.lag }],
  },
];
