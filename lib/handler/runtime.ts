/**
 * The figures of what runs the program: garbage collection, and how late the event loop is.
 *
 * @module
 */

import type { Services } from "./context.ts";
import type { InfoFields } from "./info.ts";

const MICROS = 1_000_000;

/** Garbage collections by their kind, and percentiles of the time by which timers were late. */
export function runtimeFigures({ statistics: { lag }, system }: Services): InfoFields {
  const fields: Record<string, string | number> = {};
  for (const [kind, { count, seconds }] of system.collections) {
    fields[`gc_${kind}_count`] = count;
    fields[`gc_${kind}_usec`] = Math.round(seconds * MICROS);
  }
  return {
    ...fields,
    event_loop_lag_samples: lag.count,
    event_loop_lag_usec_p50: Math.round(lag.percentile(50)),
    event_loop_lag_usec_p99: Math.round(lag.percentile(99)),
    event_loop_lag_usec_max: Math.round(lag.percentile(100)),
  };
}
