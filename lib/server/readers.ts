/**
 * What workers that read the store need of the rest of the server.
 *
 * @module
 */

import type { Services } from "../handler/mod.ts";
import { countGets, figuresOfGets, isWatched } from "./plain/gets.ts";
import type { AnsweredSink } from "./workers/answered.ts";

/**
 * Lets workers answer from the store, or not: to be called when something may have changed that it depends on,
 * before anybody is told of that.
 */
export function admitReaders(services: Services): void {
  const { sections } = services.databases;
  if (sections === undefined) return;
  // What workers read is no access.
  const closed = isWatched(services) || /l[rf]u$/.test(services.settings.maxMemoryPolicy);
  if (sections.closed !== closed) sections.closed = closed;
}

/** Counts what workers have answered where requests are counted that are answered here. */
export function countAnswered(services: Services): AnsweredSink {
  const { counters, statistics } = services;
  return {
    onAnswers: ({ protocol, hits, misses }) => {
      countGets(services, protocol, hits, misses);
      figuresOfGets(services, protocol).calls += hits + misses;
    },
    onAnsweredBytes: ({ writes, bytesIn, bytesOut }) => {
      counters.reads += writes;
      counters.writes += writes;
      counters.bytesIn += bytesIn;
      counters.bytesOut += bytesOut;
    },
    onAnswerTimes: ({ protocol, buckets, micros }) => {
      figuresOfGets(services, protocol).times.addSorted(buckets, micros);
    },
    onKey: (key, database) => statistics.hotKeys.look({ key }, database),
  };
}
