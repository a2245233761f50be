/**
 * What two looks at a server tell of the time between them.
 *
 * @module
 */

import type { Counts, Overview } from "./answers.ts";

/** Whose requests a latency is of. */
export type Whose = "all" | "cafe" | "resp";

/** Times that so many percent of the requests were not above, in microseconds; none without requests. */
export interface Latency {
  /** The median. */
  readonly p50: number | undefined;
  /** Of 99 in 100. */
  readonly p99: number | undefined;
  /** Of 999 in 1,000. */
  readonly p999: number | undefined;
}

/** What happened between two looks, per second where it grows. */
export interface Point {
  /** When it was, in seconds since 1970. */
  readonly time: number;
  /** Requests of CAFE per second. */
  readonly cafe: number;
  /** Requests of RESP per second. */
  readonly resp: number;
  /** How long they took. */
  readonly latency: Readonly<Record<Whose, Latency>>;
  /** Bytes received per second. */
  readonly received: number;
  /** Bytes sent per second. */
  readonly sent: number;
  /** Errors per second. */
  readonly errors: number;
  /** Which part of the keys that were looked up was found. */
  readonly found: number | undefined;
  /** The longest lag of the event loop, in microseconds. */
  readonly lag: number | undefined;
}

/** What happened between two looks. */
export function pointOf(before: Overview, after: Overview): Point {
  const seconds = Math.max(0.001, (after.now - before.now) / 1_000);
  const rate = (of: (overview: Overview) => number) => grown(of(before), of(after)) / seconds;
  const cafe = between(before.protocols.cafe.times, after.protocols.cafe.times);
  const resp = between(before.protocols.resp.times, after.protocols.resp.times);
  const hits = rate(({ hits }) => hits);
  const looks = hits + rate(({ misses }) => misses);
  return {
    time: after.now / 1_000,
    cafe: rate(({ protocols }) => protocols.cafe.requests),
    resp: rate(({ protocols }) => protocols.resp.requests),
    latency: {
      cafe: latencyOf(cafe),
      resp: latencyOf(resp),
      all: latencyOf([...cafe, ...resp].sort(([a], [b]) => a - b)),
    },
    received: rate(({ received }) => received),
    sent: rate(({ sent }) => sent),
    errors: rate(({ errors }) => errors),
    found: looks > 0 ? hits / looks : undefined,
    lag: between(before.lag, after.lag).at(-1)?.[0],
  };
}

/** A counter that is less than it was has begun again. */
function grown(before: number, after: number): number {
  return after < before ? after : after - before;
}

/** The times that came between. */
export function between(before: Counts, after: Counts): Counts {
  const counts = new Map(before);
  const isReset = total(after) < total(before);
  return after
    .map(([micros, count]) => [micros, count - (isReset ? 0 : counts.get(micros) ?? 0)] as const)
    .filter(([, count]) => count > 0);
}

function total(counts: Counts): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

function latencyOf(counts: Counts): Latency {
  return {
    p50: percentile(counts, 50),
    p99: percentile(counts, 99),
    p999: percentile(counts, 99.9),
  };
}

/** The time that so many percent of all are not above; the counts are in the order of their times. */
export function percentile(counts: Counts, percent: number): number | undefined {
  const wanted = Math.max(1, Math.ceil(total(counts) * percent / 100));
  let seen = 0;
  return counts.find(([, count]) => (seen += count) >= wanted)?.[0];
}
