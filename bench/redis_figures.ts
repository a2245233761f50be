/**
 * From the runs of redis-benchmark to figures, and to tables of them.
 *
 * @module
 */

import { quantile, type Spread, spreadOf } from "./harness.ts";
import type { Load, Run } from "./redis_benchmark.ts";
import type { Row } from "./report.ts";

/** A run with the processor time that the server took for it, in microseconds. */
export interface Sample extends Run {
  /** Of all threads together. */
  readonly cpu: number;
}

/** The runs of one load on one server. */
export interface Runs {
  /** The name of the server. */
  readonly server: string;
  /** What was asked of it. */
  readonly load: Load;
  /** How many requests a run has. */
  readonly requests: number;
  /** What was measured so far. */
  readonly samples: readonly Sample[];
}

/** What the runs of one load on one server amount to. */
export interface Figures {
  /** The name of the server. */
  readonly server: string;
  /** What was asked of it. */
  readonly load: Load;
  /** Microseconds of elapsed time a request; a million divided by it is requests a second. */
  readonly time: Spread;
  /** Microseconds of the server's processor time a request. */
  readonly cpu: Spread;
  /** The median latency, the quartile of the runs on the undisturbed side, in milliseconds. */
  readonly p50: number;
  /** The latency that one request of a hundred exceeds, likewise. */
  readonly p99: number;
}

/** The shortest time that is believed, in milliseconds: half of the unit of redis-benchmark's clock. */
const MIN_TIME = 0.5;

/**
 * Figures of runs. `connecting` are runs of one request for each connection on the same server: what they
 * cost is not the requests' cost, and taken off.
 */
export function figuresOf({ server, load, requests, samples }: Runs, connecting: Runs): Figures {
  const counted = requests - connecting.requests;
  const quartile = (name: "p50" | "p99") => quantile(samples.map((sample) => sample[name]), 0.25);
  const idle = {
    time: cleanMean(connecting.samples.map(({ time }) => time)),
    cpu: cleanMean(connecting.samples.map(({ cpu }) => cpu)),
  };
  return {
    server,
    load,
    time: spreadOf(
      samples.map(({ time }) => Math.max(time - idle.time, MIN_TIME) * 1_000 / counted),
    ),
    cpu: spreadOf(samples.map(({ cpu }) => Math.max(cpu - idle.cpu, 0) / counted)),
    p50: quartile("p50"),
    p99: quartile("p99"),
  };
}

/**
 * The mean of the lower half. Connecting takes a millisecond or two in whole ones: a quantile would jump
 * between them, and a millisecond is the twentieth of a run.
 */
function cleanMean(values: readonly number[]): number {
  const half = values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length / 2));
  return half.reduce((sum, value) => sum + value, 0) / half.length;
}

/** The heads of the columns of `rowOf`. */
export const HEAD: Row = [
  ...["test", "depth", "server", "req/s med", "x", "req/s q", "x"],
  ...["cpu us/req med", "x", "q", "x", "clean", "p50 ms", "p99 ms"],
];

/** A row of the table, with ratios to `base`, or without when there is none. */
export function rowOf({ server, load, time, cpu, p50, p99 }: Figures, base?: Figures): Row {
  const ratio = (a = NaN, b = NaN) => base ? (a / b).toFixed(2) : "-";
  const rate = (name: "median" | "quartile") => [
    (1e6 / time[name]).toFixed(0),
    ratio(base?.time[name], time[name]),
  ];
  const processor = (name: "median" | "quartile") => [
    cpu[name].toFixed(2),
    ratio(cpu[name], base?.cpu[name]),
  ];
  return [
    ...[load.test, String(load.depth), server],
    ...[...rate("median"), ...rate("quartile")],
    ...[...processor("median"), ...processor("quartile")],
    ...[`${(100 * cpu.clean).toFixed(0)}%`, p50.toFixed(2), p99.toFixed(2)],
  ];
}
