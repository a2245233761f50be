/** Whether what a server holds grows while clients come and go. */

/** What a server holds at one time. */
export interface Sample {
  /** Since it began. */
  readonly seconds: number;
  /** How many connections have come by then. */
  readonly accepted: number;
  /** What is in its heap and its array buffers behind a garbage collection, in bytes. */
  readonly live: number;
  /** Its resident memory, in bytes. */
  readonly rss: number;
  /** How many descriptors it has open. */
  readonly descriptors: number;
  readonly connections: number;
  /** Channels and patterns that somebody is subscribed to. */
  readonly subscriptions: number;
  /** Connections whose request waits. */
  readonly blocked: number;
  /** Bytes of requests, transactions and messages that wait. */
  readonly buffered: number;
  readonly keys: number;
  /** What the entries take, in bytes. */
  readonly entryBytes: number;
}

/** The figures of a whole run. */
export interface Run {
  /** Before the clients came and behind a first turn of all of them: what loads late is loaded then. */
  readonly before: Sample;
  /** While they come and go. */
  readonly during: readonly Sample[];
  /** When all have gone. */
  readonly after: Sample;
}

const MIB = 1_048_576;

/**
 * How much more may live in the last quarter than in the second, by their medians: what connections and
 * entries hold at the time of a sample.
 */
export const LIVE_TOLERANCE = 2 * MIB;

/** As much for resident memory, of which the collector and the allocator keep free parts for what may come. */
const RSS_TOLERANCE = 64 * MIB;

/** What is none when all clients have gone. */
const OF_CLIENTS = ["connections", "subscriptions", "blocked", "buffered"] as const;

/** What may have no trend, and by how much the median of a quarter may be off by chance. */
const STEADY = {
  live: LIVE_TOLERANCE,
  rss: RSS_TOLERANCE,
  descriptors: 16,
  connections: 16,
  entryBytes: MIB,
} as const;

/** What has grown or is left, in sentences; none when nothing has. */
export function judge({ before, during, after }: Run): string[] {
  const left = OF_CLIENTS
    .filter((name) => after[name] !== 0)
    .map((name) => `${name}: ${after[name]} when all clients have gone`);
  if (after.descriptors > before.descriptors) {
    left.push(`descriptors: ${after.descriptors}, there were ${before.descriptors} before`);
  }
  const grown = (Object.keys(STEADY) as (keyof typeof STEADY)[]).flatMap((name) => {
    const [early, late] = [quarter(during, 1), quarter(during, 3)]
      .map((samples) => median(samples.map((sample) => sample[name])));
    const [from, to] = [early ?? NaN, late ?? NaN];
    if (to - from <= STEADY[name]) return [];
    return [`${name}: the median has grown from ${from} to ${to}, by more than ${STEADY[name]}`];
  });
  return [...left, ...grown];
}

/** When a server holds nothing of its clients any more, and has their descriptors closed. */
export function isQuiet(sample: Sample, descriptors: number): boolean {
  return OF_CLIENTS.every((name) => sample[name] === 0) && sample.descriptors <= descriptors;
}

function quarter(samples: readonly Sample[], index: number): readonly Sample[] {
  const at = (part: number) => Math.floor(samples.length * part / 4);
  return samples.slice(at(index), at(index + 1));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}
