/**
 * What a load says: one object, from which the text for people is made too.
 *
 * @module
 */

import type { LoadResult, Tally } from "../load/mod.ts";
import { type Spread, spreadOf } from "../load/rounds.ts";
import { type Buckets, bucketsOf, NANOS, type TimeFigures, timesOf } from "./times.ts";

/** Figures of one server. */
export interface LoadFigures {
  /** Its name. */
  readonly name: string;
  /** Its address. */
  readonly address: string;
  /** What was spoken. */
  readonly protocol: string;
  /** Requests that were answered. */
  readonly requests: number;
  /** In how many seconds. */
  readonly seconds: number;
  /** How many a second. */
  readonly requestsPerSecond: number;
  /** Bytes that were sent for each. */
  readonly bytesSentPerRequest: number;
  /** Bytes that came for each. */
  readonly bytesReceivedPerRequest: number;
  /** Millions of bytes a second that were sent. */
  readonly megabytesSentPerSecond: number;
  /** Millions of bytes a second that came. */
  readonly megabytesReceivedPerSecond: number;
  /** Processor time that the load itself took for a request, in microseconds. */
  readonly ownCpuMicrosPerRequest: number;
  /** Which part of the time the load kept a processor busy; above 1 it is several. */
  readonly ownCpuPart: number;
  /** How many keys were not there. */
  readonly misses: number;
  /** Errors: how many of each code, with the text of the first. */
  readonly errors: Readonly<Record<string, { readonly count: number; readonly message: string }>>;
  /** How long replies took. */
  readonly latency: TimeFigures;
  /** In an open loop, how late requests were sent, and how many were not; null in a closed one. */
  readonly lateness: (TimeFigures & { readonly unsent: number }) | null;
  /** Latencies: the longest of each bucket that has some, in milliseconds, and how many. */
  readonly histogram: Buckets;
  /** Each round. */
  readonly rounds: readonly RoundFigures[];
  /** What stopped the load; null when nothing did. */
  readonly failure: string | null;
}

/** Figures of a round. */
export interface RoundFigures {
  /** Requests a second. */
  readonly requestsPerSecond: number;
  /** The median latency, in milliseconds. */
  readonly p50: number;
  /** The latency that one of 100 exceeds. */
  readonly p99: number;
  /** Processor time of the load for a request, in microseconds. */
  readonly ownCpuMicrosPerRequest: number;
}

/** A figure of the rounds of a server, with the ratio of both to those of the first server. */
export interface ComparedSpread extends Spread {
  /** The ratio of the medians. */
  readonly medianRatio: number;
  /** The ratio of the quartiles on the better side. */
  readonly quartileRatio: number;
}

/** A server beside the first one. */
export interface Comparison {
  /** Its name. */
  readonly name: string;
  /** Requests a second. */
  readonly requestsPerSecond: ComparedSpread;
  /** The median latency, in milliseconds. */
  readonly p50: ComparedSpread;
  /** The latency that one of 100 exceeds. */
  readonly p99: ComparedSpread;
}

/** The figures of a result. */
export function figuresOf(
  { name, rounds, total, failure }: LoadResult,
  address: string,
  protocol: string,
): LoadFigures {
  const { requests, time, bytesSent, bytesReceived, misses, errors, latency, lateness } = total;
  const each = (sum: number) => requests === 0 ? 0 : sum / requests;
  const megabytes = (bytes: number) => time === 0 ? 0 : bytes / 1_000 / time;
  return {
    name,
    address,
    protocol,
    requests,
    seconds: time / 1_000,
    requestsPerSecond: total.rate,
    bytesSentPerRequest: each(bytesSent),
    bytesReceivedPerRequest: each(bytesReceived),
    megabytesSentPerSecond: megabytes(bytesSent),
    megabytesReceivedPerSecond: megabytes(bytesReceived),
    ownCpuMicrosPerRequest: cpuOf(total),
    ownCpuPart: time === 0 ? 0 : total.cpu / time,
    misses,
    errors: Object.fromEntries(errors),
    latency: timesOf(latency),
    lateness: lateness.count === 0 ? null : { ...timesOf(lateness), unsent: total.unsent },
    histogram: bucketsOf(latency),
    rounds: rounds.map((round) => ({
      requestsPerSecond: round.rate,
      p50: round.latency.percentile(50) / NANOS,
      p99: round.latency.percentile(99) / NANOS,
      ownCpuMicrosPerRequest: cpuOf(round),
    })),
    failure: failure?.message ?? null,
  };
}

function cpuOf({ cpu, requests }: Tally): number {
  return requests === 0 ? 0 : 1_000 * cpu / requests;
}

/** All servers beside the first one; none when there is one only. */
export function comparisonOf(servers: readonly LoadFigures[]): readonly Comparison[] {
  const [first] = servers;
  if (first === undefined || servers.length < 2) return [];
  return servers.map((server) => {
    const compared = (figure: "requestsPerSecond" | "p50" | "p99") => {
      const better = figure === "requestsPerSecond" ? "more" : "less";
      const spread = ({ rounds }: LoadFigures) =>
        spreadOf(rounds.map((round) => round[figure]), better);
      const [own, base] = [spread(server), spread(first)];
      return {
        ...own,
        medianRatio: own.median / base.median,
        quartileRatio: own.quartile / base.quartile,
      };
    };
    return {
      name: server.name,
      requestsPerSecond: compared("requestsPerSecond"),
      p50: compared("p50"),
      p99: compared("p99"),
    };
  });
}
