/**
 * GETs that no conversation carries out: who may have them answered so, when, and how they are counted.
 *
 * @module
 */

import { type CommandFigures, EVENT_CLASSES, type Services, type User } from "../../handler/mod.ts";
import { ALL_COMMANDS, type KnownCommand } from "../../resp/mod.ts";
import { LARGE } from "../../store/mod.ts";
import { figuresOf } from "../cafe_measure.ts";
import type { Conversation } from "../conversation.ts";
import { timesAll } from "../slow.ts";

/** GET, as Redis knows it. */
export const GET: KnownCommand = ALL_COMMANDS.find(({ name }) => name === "get")!;

/** Whether a user may read every key; `undefined` may do everything. */
export function mayReadAll(user: User | undefined): boolean {
  return user === undefined || user.mayRun(GET.index) && user.mayUseAllKeys;
}

/** Whether somebody wants to know of each GET, or each is to be looked at more closely. */
export function isWatched({ monitors, events, settings, limits }: Services): boolean {
  return monitors.size > 0 || (events.flags & EVENT_CLASSES.m) !== 0 ||
    settings.required.length > 0 || timesAll(settings) ||
    Math.min(limits.maxValueSize, limits.maxBulkSize) < LARGE;
}

/** What is counted of the GETs of a protocol. */
export function figuresOfGets(
  { statistics }: Pick<Services, "statistics">,
  protocol: Conversation["protocol"],
): CommandFigures {
  if (protocol === "resp") return statistics.resp.of(GET);
  return figuresOf({ statistics }, { op: "GET" })!;
}

/** Counts GETs where those are counted that a conversation carries out; not their calls, which have times. */
export function countGets(
  { counters, statistics }: Services,
  protocol: Conversation["protocol"],
  hits: number,
  misses: number,
): void {
  counters.requests += hits + misses;
  counters.hits += hits;
  counters.misses += misses;
  statistics[protocol].requests += hits + misses;
}
