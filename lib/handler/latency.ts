/**
 * The handlers of LATENCY.
 *
 * @module
 */

import {
  CommandError,
  count,
  integer,
  type LatencyDoctorRequest,
  type LatencyGraphRequest,
  type LatencyHistogramRequest,
  type LatencyHistoryRequest,
  type LatencyLatestRequest,
  type LatencyRequest,
  type LatencyResetRequest,
  list,
  type Response,
  text,
} from "../model/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import type { LatencyEvent, LatencySample } from "./latency_monitor.ts";
import type { CommandFigures } from "./protocol_figures.ts";

/** A graph has bars of up to so many characters. */
const BAR = 60;

function latest(_: LatencyLatestRequest, { services }: Peer): Response {
  const { events } = services.statistics.latency;
  return list([...events].map(([name, { samples, max }]) => {
    const last = samples.at(-1)!;
    return list([text(name), integer(last.time), count(whole(last.ms)), count(whole(max))]);
  }));
}

function history({ event }: LatencyHistoryRequest, { services }: Peer): Response {
  const samples = services.statistics.latency.events.get(event)?.samples ?? [];
  return list(samples.map(({ time, ms }) => list([integer(time), count(whole(ms))])));
}

function reset({ events }: LatencyResetRequest, { services }: Peer): Response {
  return count(services.statistics.latency.reset(events));
}

/** The samples of an event, a bar each, the oldest first. */
function graph({ event: name }: LatencyGraphRequest, { services }: Peer): Response {
  const event = services.statistics.latency.events.get(name);
  if (event === undefined) {
    throw new CommandError("BAD_REQUEST", `No samples available for event '${name}'`);
  }
  const now = services.databases.now() / 1_000;
  const { high, low } = rangeOf(event);
  const bars = event.samples.map((sample) => barOf(sample, now, high));
  const title = `${name} - high ${high} ms, low ${low} ms (all time high ${whole(event.max)} ms)`;
  return text([title, "-".repeat(title.length), ...bars, ""].join("\n"));
}

function barOf({ time, ms }: LatencySample, now: number, high: number): string {
  const age = `${Math.max(0, Math.floor(now - time))}s ago`;
  const length = Math.max(1, Math.round(ms * BAR / Math.max(1, high)));
  return `${age.padStart(12)} ${"#".repeat(length)} ${whole(ms)}`;
}

function rangeOf({ samples }: LatencyEvent): { readonly high: number; readonly low: number } {
  const times = samples.map(({ ms }) => whole(ms));
  return { high: Math.max(...times), low: Math.min(...times) };
}

/** What the samples say, in words. */
function doctor(_: LatencyDoctorRequest, { services }: Peer): Response {
  const { latencyThreshold } = services.settings;
  const { events } = services.statistics.latency;
  if (latencyThreshold === 0) {
    return text(
      'Latency is not monitored: "CONFIG SET latency-monitor-threshold <milliseconds>" begins it.\n',
    );
  }
  if (events.size === 0) return text(`Nothing took ${latencyThreshold} ms or longer.\n`);
  const lines = [...events].map(([name, event]) => {
    const { high, low } = rangeOf(event);
    return `${name}: ${event.samples.length} slow times, from ${low} to ${high} ms, ` +
      `the longest ever ${whole(event.max)} ms.`;
  });
  const advice = "SLOWLOG GET shows the slow commands; one over many keys may be sent as several.";
  return text([...lines, advice, ""].join("\n"));
}

/** How long commands took: name and figures by turns. */
function histogram(
  { commands }: LatencyHistogramRequest,
  { services }: Peer,
): Response {
  const figures = [...services.statistics.commands].filter(([name, { times }]) =>
    times.count > 0 && (commands.length === 0 || commands.some((wanted) => isNamed(name, wanted)))
  );
  return list(figures.flatMap(([name, figures]) => [text(name), distribution(figures)]));
}

/** A container stands for its subcommands. */
function isNamed(name: string, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}|`);
}

function distribution({ times }: CommandFigures): Response {
  const rows = times.cumulative().flatMap(([micros, calls]) => [integer(micros), integer(calls)]);
  return list([text("calls"), integer(times.count), text("histogram_usec"), list(rows)]);
}

function whole(ms: number): number {
  return Math.floor(ms);
}

/** The handlers of LATENCY. */
export const LATENCY_HANDLERS: Handlers<LatencyRequest> = {
  LATENCY_LATEST: latest,
  LATENCY_HISTORY: history,
  LATENCY_RESET: reset,
  LATENCY_GRAPH: graph,
  LATENCY_DOCTOR: doctor,
  LATENCY_HISTOGRAM: histogram,
};
