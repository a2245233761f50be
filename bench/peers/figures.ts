/**
 * What the comparisons find out, whatever they compare.
 *
 * @module
 */

import type { Spread } from "../../lib/load/mod.ts";

/**
 * The servers that stand in several comparisons, and what is spoken with them: the names that figures are
 * found by, and by which pictures know our own.
 */
export const OWN_CAFE = "cortado, CAFE";
/** See {@linkcode OWN_CAFE}. */
export const OWN_RESP = "cortado, RESP";
/** See {@linkcode OWN_CAFE}. */
export const REDIS = "redis-server";

/** What is measured of a server under a load. What is not known is undefined. */
export interface PeerFigures {
  /** The name of the server, and what is spoken with it. */
  readonly name: string;
  /** Requests a second. */
  readonly rate: Spread;
  /** Microseconds of the server's processor time a request. */
  readonly cpu: Spread;
  /** The median latency, in milliseconds. */
  readonly p50?: Spread | undefined;
  /** What one request of 100 exceeds. */
  readonly p99?: Spread | undefined;
  /** What one request of 1,000 exceeds. */
  readonly p999?: Spread | undefined;
  /** Bytes that are sent for a request. */
  readonly sent?: number | undefined;
  /** Bytes that come for it. */
  readonly received?: number | undefined;
  /** Bytes, both ways, before the first request of a connection. */
  readonly setUp?: number | undefined;
  /** Memory of the server that is resident in the end, in bytes. */
  readonly memory?: number | undefined;
  /** Which part of a processor the driver takes: near 1 it is the driver that is measured. */
  readonly driver?: number | undefined;
}

/** All servers under one load; the first is what the others are compared with. */
export interface Group {
  /** What is asked of them. */
  readonly load: string;
  /** Where it stands on a line of loads that grow, and on which one. */
  readonly at?: { readonly axis: string; readonly value: number };
  /** What came of it. */
  readonly figures: readonly PeerFigures[];
}

/** Something that is aimed at. */
export interface Bar {
  /** What is to be so large, or so small. */
  readonly claim: string;
  /** Whether it must be so much at least, or at the most. */
  readonly must: "least" | "most";
  /** How much. */
  readonly bar: number;
  /** What it is; NaN when it could not be measured. */
  readonly value: Spread;
}

/** A comparison that was made. */
export interface Comparison {
  /** The word that it is chosen by. */
  readonly name: string;
  /** What is compared, for people. */
  readonly title: string;
  /** How it was measured, and what else there is to know. */
  readonly notes: readonly string[];
  /** What came of it, by load. */
  readonly groups: readonly Group[];
  /** The loads that a picture shows as bars. */
  readonly shown: readonly string[];
  /** What was aimed at. */
  readonly bars: readonly Bar[];
  /** What failed. */
  readonly failures: readonly string[];
}

/** How a comparison is to be made. */
export interface PeerOptions {
  /** How often each server is measured under each load. */
  readonly rounds: number;
  /** Whether the whole matrix is measured, and not only a part. */
  readonly all: boolean;
}

/** The figures of a server under a load. */
export function figuresFor(
  groups: readonly Group[],
  load: string,
  name: string,
): PeerFigures | undefined {
  return groups.find((group) => group.load === load)?.figures.find((peer) => peer.name === name);
}

/** The spread of a figure that is the same in all rounds. */
export function always(figure: number): Spread {
  return { median: figure, quartile: figure };
}

/** How many a second, of what takes so many microseconds. */
export function rateOf({ median, quartile }: Spread): Spread {
  return { median: 1e6 / median, quartile: 1e6 / quartile };
}

/** The ratios of two spreads. */
export function ratio(of: Spread | undefined, to: Spread | undefined): Spread {
  if (of === undefined || to === undefined) return always(NaN);
  return { median: of.median / to.median, quartile: of.quartile / to.quartile };
}

/** Whether a bar is met, in the median. */
export function isMet({ must, bar, value }: Bar): boolean {
  return must === "least" ? value.median >= bar : value.median <= bar;
}
