/**
 * How long answers took, for people.
 *
 * @module
 */

import type { Histogram } from "../load/histogram.ts";

/** How many nanoseconds a millisecond has. */
export const NANOS = 1_000_000;
/** How wide the bars of a histogram are, in characters. */
const WIDTH = 40;
/** The last of these that a time is not above names its row of the histogram, with a power of ten. */
const STEPS = [1, 2, 5];

/** Times, in milliseconds. */
export interface TimeFigures {
  /** The least. */
  readonly min: number;
  /** The mean. */
  readonly mean: number;
  /** The median; this and the following are at most 0.8% too large. */
  readonly p50: number;
  /** What one of 10 exceeds. */
  readonly p90: number;
  /** What one of 100 exceeds. */
  readonly p99: number;
  /** What one of 1,000 exceeds. */
  readonly p999: number;
  /** What one of 10,000 exceeds. */
  readonly p9999: number;
  /** The longest. */
  readonly max: number;
}

/** The longest time of each bucket that has some, in milliseconds, and how many it has. */
export type Buckets = readonly (readonly [time: number, count: number])[];

/** The figures of a histogram of nanoseconds. */
export function timesOf(histogram: Histogram): TimeFigures {
  const at = (percent: number) => histogram.percentile(percent) / NANOS;
  return {
    min: histogram.min / NANOS,
    mean: histogram.mean / NANOS,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    p9999: at(99.99),
    max: histogram.max / NANOS,
  };
}

/** The buckets of a histogram of nanoseconds. */
export function bucketsOf(histogram: Histogram): Buckets {
  return [...histogram.buckets()].map(({ to, count }) => [to / NANOS, count]);
}

/** Times in a line. */
export function timesText({ min, mean, p50, p90, p99, p999, p9999, max }: TimeFigures): string {
  const times = { min, mean, p50, p90, p99, "p99.9": p999, "p99.99": p9999, max };
  return Object.entries(times).map(([name, time]) => `${name} ${short(time)}`).join("  ");
}

/** Rows of 1, 2 and 5 times a power of ten, from the first that has times to the last. */
export function histogramText(histogram: Buckets): string[] {
  const rows = new Map<number, number>();
  for (const [time, count] of histogram) {
    const edge = edgeOf(time);
    for (let row = [...rows.keys()].at(-1) ?? edge; row < edge;) {
      row = nextEdge(row);
      rows.set(row, 0);
    }
    rows.set(edge, (rows.get(edge) ?? 0) + count);
  }
  const counts = [...rows.values()];
  const most = Math.max(...counts);
  const all = counts.reduce((sum, count) => sum + count, 0);
  return [...rows].map(([edge, count]) => {
    const bar = "#".repeat(Math.ceil(WIDTH * count / most)).padEnd(WIDTH);
    const part = (100 * count / all).toFixed(2).padStart(6);
    return `  ${`<= ${edge} ms`.padStart(14)} |${bar}| ${part}%  ${whole(count)}`;
  });
}

/** The least edge that a time is not above. */
function edgeOf(time: number): number {
  let edge = 0.001;
  while (edge < time) edge = nextEdge(edge);
  return edge;
}

function nextEdge(edge: number): number {
  const power = Math.floor(Math.log10(edge) + 1e-9);
  const step = STEPS.indexOf(Math.round(edge / 10 ** power));
  const next = step === STEPS.length - 1 ? 10 ** (power + 1) : STEPS[step + 1]! * 10 ** power;
  return Number(next.toPrecision(1)); // Without the error of the powers.
}

/** A whole number. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Three digits that count, or more before the point. */
export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
