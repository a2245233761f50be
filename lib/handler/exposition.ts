/**
 * Metrics as Prometheus reads them: the text format, version 0.0.4.
 *
 * @module
 */

import type { Services } from "./context.ts";
import type { Histogram } from "./histogram.ts";
import { type Metric, METRICS } from "./metrics.ts";

/** The media type of the text. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Readonly<Record<string, string>>;

const MICROS = 1_000_000;

/** The ends of buckets are powers of two in microseconds: from 1 us to 2^24 us, which is 17 s. */
const POWERS: readonly number[] = Array.from({ length: 25 }, (_, exponent) => 2 ** exponent);

/** All metrics of a server as text. */
export function exposition(services: Services, metrics: readonly Metric[] = METRICS): string {
  return metrics.flatMap((metric) => [
    `# HELP ${metric.name} ${escaped(metric.help)}`,
    `# TYPE ${metric.name} ${metric.type}`,
    ...samplesOf(metric, services),
  ]).map((line) => `${line}\n`).join("");
}

function samplesOf(metric: Metric, services: Services): readonly string[] {
  const { name } = metric;
  if (metric.type === "histogram") {
    return metric.read(services).flatMap(({ labels = {}, value }) => rowsOf(name, labels, value));
  }
  return metric.read(services).map(({ labels = {}, value }) => sample(name, labels, value));
}

/** A histogram as the counts of what is not above each power of two. */
function rowsOf(name: string, labels: Labels, times: Histogram): readonly string[] {
  const counts = times.cumulative();
  let below = 0;
  let at = 0;
  const buckets = POWERS.map((power) => {
    for (; at < counts.length && counts[at]![0] <= power; at++) below = counts[at]![1];
    return sample(`${name}_bucket`, { ...labels, le: String(power / MICROS) }, below);
  });
  return [
    ...buckets,
    sample(`${name}_bucket`, { ...labels, le: "+Inf" }, times.count),
    sample(`${name}_sum`, labels, times.sum / MICROS),
    sample(`${name}_count`, labels, times.count),
  ];
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) =>
    `${label}="${escaped(text).replaceAll('"', '\\"')}"`
  );
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
