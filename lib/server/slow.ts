/**
 * Requests that are timed by themselves, and those of them that are slow.
 *
 * @module
 */

import type { CommandFigures, Services, Settings, SlowEntry } from "../handler/mod.ts";

/** When the slow log wants times below this, in microseconds, every request is timed by itself. */
const QUICK_MICROS = 1_000;

/** Whether a request is to be timed by itself, and not to get a share of its batch's time. */
export function isTimed({ statistics, settings }: Services, { quick }: CommandFigures): boolean {
  return !quick || statistics.timing || timesAll(settings);
}

/** Whether every request is to be timed by itself. */
export function timesAll({ slowerThan }: Pick<Settings, "slowerThan">): boolean {
  return slowerThan >= 0 && slowerThan < QUICK_MICROS;
}

/** A slow request, as the slow log keeps it. */
export type SlowRequest = Pick<SlowEntry, "args" | "address" | "clientName">;

/**
 * Tells the slow log and the latency monitor of a request if it was slow.
 *
 * @param describe Gives the request, without secrets; `undefined` if it is not to be logged.
 */
export function noteSlow(
  services: Services,
  { quick }: { readonly quick: boolean },
  micros: number,
  describe: () => SlowRequest | undefined,
): void {
  const { databases, settings, statistics } = services;
  const { slowerThan, latencyThreshold } = settings;
  const slow = slowerThan >= 0 && micros >= slowerThan ? describe() : undefined;
  const time = databases.now();
  if (slow !== undefined) statistics.slowLog.add({ ...slow, time, micros }, settings.slowLogLength);
  if (latencyThreshold > 0 && micros >= latencyThreshold * 1_000) {
    statistics.latency.add(quick ? "fast-command" : "command", micros / 1_000, time);
  }
}
