/**
 * The metrics of a server for OpenTelemetry, through what Deno has of it.
 *
 * @module
 */

import {
  type Histogram,
  METRICS,
  type Sample,
  type Services,
  type TimesMetric,
  VERSION,
} from "../handler/mod.ts";

/** What of OpenTelemetry's interface is used; Deno does not type it. */
interface MeterProvider {
  getMeter(name: string, version: string): Meter;
}

interface Meter {
  createObservableCounter(name: string, description: InstrumentOptions): Instrument;
  createObservableGauge(name: string, description: InstrumentOptions): Instrument;
}

interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
}

interface Instrument {
  addCallback(callback: Callback): void;
  removeCallback(callback: Callback): void;
}

type Callback = (result: {
  observe(value: number, attributes: Readonly<Record<string, string>>): void;
}) => void;

/** A metric as it is observed. */
interface Observed {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  read(services: Services): readonly Sample<number>[];
}

const MICROS = 1_000_000;

/** A distribution cannot be observed, only recorded time by time: its count and sum are told. */
function countAndSum({ name, help, read }: TimesMetric): readonly Observed[] {
  const part = (suffix: string, valueOf: (times: Histogram) => number): Observed => ({
    name: `${name}_${suffix}`,
    help,
    type: "counter",
    read: (services) =>
      read(services).map(({ labels = {}, value }) => ({ labels, value: valueOf(value) })),
  });
  return [part("count", ({ count }) => count), part("sum", ({ sum }) => sum / MICROS)];
}

const OBSERVED: readonly Observed[] = METRICS.flatMap((metric) =>
  metric.type === "histogram" ? countAndSum(metric) : [metric]
);

/** The unit that a name ends in, as OpenTelemetry writes it. */
function unitOf(name: string): string {
  if (/_seconds(_total|_sum)?$/.test(name)) return "s";
  return /_bytes(_total)?$/.test(name) ? "By" : "1";
}

/** Where metrics are told; nowhere while OpenTelemetry is off, which only an exception tells. */
function meterOf(provider: MeterProvider): Meter | undefined {
  try {
    return provider.getMeter("cortado", VERSION);
  } catch {
    return undefined;
  }
}

/**
 * Lets OpenTelemetry read the metrics of a server, if it is on in Deno (variable OTEL_DENO). The returned function ends that.
 */
export function tellTelemetry(
  services: Services,
  provider: MeterProvider = Deno.telemetry.meterProvider,
): () => void {
  const meter = meterOf(provider);
  if (meter === undefined) return () => {};
  const ends = OBSERVED.map(({ name, help, type, read }) => {
    const options = { description: help, unit: unitOf(name) };
    const instrument = type === "counter"
      ? meter.createObservableCounter(name, options)
      : meter.createObservableGauge(name, options);
    const callback: Callback = (result) => {
      for (const { labels = {}, value } of read(services)) result.observe(value, labels);
    };
    instrument.addCallback(callback);
    return () => instrument.removeCallback(callback);
  });
  return () => ends.forEach((end) => end());
}
