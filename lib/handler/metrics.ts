/**
 * The metrics of a server: what monitoring systems are told.
 *
 * @module
 */

import type { Services } from "./context.ts";
import type { Histogram } from "./histogram.ts";
import { COMMAND_METRICS } from "./metrics_commands.ts";
import { CONNECTION_METRICS } from "./metrics_connections.ts";
import { PROCESS_METRICS } from "./metrics_process.ts";
import { STORE_METRICS } from "./metrics_store.ts";

/** A value with the labels that tell it from others of its metric. */
export interface Sample<Value> {
  /** The labels. Each has few values, whatever clients do. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: Value;
}

/** What is told of any metric. */
export interface MetricDescription {
  /** The name, as Prometheus wants it: with the unit, and `_total` for what only grows. */
  readonly name: string;
  /** What it tells, in a line. */
  readonly help: string;
}

/** A metric whose values are numbers: a counter only grows, but for a reset. */
export interface NumberMetric extends MetricDescription {
  /** Whether it only grows. */
  readonly type: "counter" | "gauge";
  /** Its values; none when there is nothing to tell. */
  read(services: Services): readonly Sample<number>[];
}

/** A metric whose values are distributions of times. */
export interface TimesMetric extends MetricDescription {
  /** That it is one. */
  readonly type: "histogram";
  /** Its values: times in microseconds, which are told in seconds. */
  read(services: Services): readonly Sample<Histogram>[];
}

/** Any metric. */
export type Metric = NumberMetric | TimesMetric;

/** All metrics, in the order in which they are told. */
export const METRICS: readonly Metric[] = [
  ...PROCESS_METRICS,
  ...CONNECTION_METRICS,
  ...COMMAND_METRICS,
  ...STORE_METRICS,
];
