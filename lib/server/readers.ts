/**
 * What workers that read the store need of the rest of the server.
 *
 * @module
 */

import { EVENT_CLASSES, type Services, type User } from "../handler/mod.ts";
import { ALL_COMMANDS, type KnownCommand } from "../resp/mod.ts";
import { LARGE } from "../store/mod.ts";
import { figuresOf } from "./cafe_measure.ts";
import { timesAll } from "./slow.ts";
import type { AnsweredSink } from "./workers/answered.ts";

/** GET, as Redis knows it. */
export const GET: KnownCommand = ALL_COMMANDS.find(({ name }) => name === "get")!;

/** Whether a user may read every key; `undefined` may do everything. */
export function mayReadAll(user: User | undefined): boolean {
  return user === undefined || user.mayRun(GET.index) && user.mayUseAllKeys;
}

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
export function countAnswered({ counters, statistics }: Services): AnsweredSink {
  const figures = {
    resp: () => statistics.resp.of(GET),
    cafe: () => figuresOf({ statistics }, { op: "GET" })!,
  };
  return {
    onAnswers: ({ protocol, hits, misses }) => {
      const requests = hits + misses;
      counters.requests += requests;
      counters.hits += hits;
      counters.misses += misses;
      statistics[protocol].requests += requests;
      figures[protocol]().calls += requests;
    },
    onAnsweredBytes: ({ writes, bytesIn, bytesOut }) => {
      counters.reads += writes;
      counters.writes += writes;
      counters.bytesIn += bytesIn;
      counters.bytesOut += bytesOut;
    },
    onAnswerTimes: ({ protocol, buckets, micros }) => {
      figures[protocol]().times.addSorted(buckets, micros);
    },
    onKey: (key, database) => statistics.hotKeys.look({ key }, database),
  };
}

/** Whether somebody wants to know of each GET, or each is to be looked at more closely. */
export function isWatched({ monitors, events, settings, limits }: Services): boolean {
  return monitors.size > 0 || (events.flags & EVENT_CLASSES.m) !== 0 ||
    settings.required.length > 0 || timesAll(settings) ||
    Math.min(limits.maxValueSize, limits.maxBulkSize) < LARGE;
}
