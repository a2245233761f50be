/**
 * Metrics with one value each.
 *
 * @module
 */

import type { Services } from "./context.ts";
import type { NumberMetric } from "./metrics.ts";

/** A metric with one value; none when that is `undefined`. */
export function gauge(
  name: string,
  help: string,
  value: (services: Services) => number | undefined,
): NumberMetric {
  return { name, help, type: "gauge", read: (services) => one(value(services)) };
}

/** A metric with one value that only grows. */
export function counter(
  name: string,
  help: string,
  value: (services: Services) => number | undefined,
): NumberMetric {
  return { name, help, type: "counter", read: (services) => one(value(services)) };
}

function one(value: number | undefined): readonly { readonly value: number }[] {
  return value === undefined ? [] : [{ value }];
}
