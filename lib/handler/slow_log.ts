/**
 * The slowest requests of late.
 *
 * @module
 */

import {
  count,
  integer,
  list,
  ok,
  type Response,
  type SlowLogGetRequest,
  type SlowLogLengthRequest,
  type SlowLogRequest,
  type SlowLogResetRequest,
  text,
} from "../model/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";

/** A request that was slow. */
export interface SlowEntry {
  /** Its number, from 0. */
  readonly id: number;
  /** When it was carried out, in milliseconds since 1970. */
  readonly time: number;
  /** How long that took, in microseconds. */
  readonly micros: number;
  /** Its arguments; long ones are cut, and of many only some are kept. */
  readonly args: readonly Uint8Array[];
  /** The address of its client. */
  readonly address: string;
  /** The name of its client. */
  readonly clientName: string;
}

/** So many arguments are kept of a request... */
const MAX_ARGUMENTS = 32;
/** ...and so many bytes of each. */
const MAX_BYTES = 128;

const UTF8 = new TextEncoder();

/** Keeps the last slow requests, each cut to a bounded size. */
export class SlowLog {
  /** The oldest first. */
  readonly #entries: SlowEntry[] = [];
  #nextId = 0;

  /** How many are kept. */
  get length(): number {
    return this.#entries.length;
  }

  /** Adds one, and forgets the oldest above `limit`. */
  add(slow: Omit<SlowEntry, "id">, limit: number): void {
    this.#entries.push({ ...slow, id: this.#nextId++, args: shortened(slow.args) });
    if (this.#entries.length > limit) this.#entries.splice(0, this.#entries.length - limit);
  }

  /** The newest ones, the last one first. */
  newest(count: number): readonly SlowEntry[] {
    return this.#entries.slice(Math.max(0, this.#entries.length - count)).reverse();
  }

  /** Forgets all. */
  reset(): void {
    this.#entries.length = 0;
  }
}

/** Copies of the arguments: what a request holds keeps a whole block of received bytes alive. */
function shortened(args: readonly Uint8Array[]): Uint8Array[] {
  if (args.length <= MAX_ARGUMENTS) return args.map(cut);
  const kept = args.slice(0, MAX_ARGUMENTS - 1).map(cut);
  return [...kept, UTF8.encode(`... (${args.length - kept.length} more arguments)`)];
}

function cut(argument: Uint8Array): Uint8Array {
  if (argument.length <= MAX_BYTES) return argument.slice();
  const tail = UTF8.encode(`... (${argument.length - MAX_BYTES} more bytes)`);
  const whole = new Uint8Array(MAX_BYTES + tail.length);
  whole.set(argument.subarray(0, MAX_BYTES));
  whole.set(tail, MAX_BYTES);
  return whole;
}

function described(entry: SlowEntry): Response {
  return list([
    integer(entry.id),
    integer(Math.floor(entry.time / 1_000)),
    integer(Math.floor(entry.micros)),
    list(entry.args.map((argument) => ok(argument))),
    text(entry.address),
    text(entry.clientName),
  ]);
}

function get(request: SlowLogGetRequest, { services }: Peer): Response {
  return list(services.statistics.slowLog.newest(request.count).map(described));
}

function length(_: SlowLogLengthRequest, { services }: Peer): Response {
  return count(services.statistics.slowLog.length);
}

function reset(_: SlowLogResetRequest, { services }: Peer): Response {
  services.statistics.slowLog.reset();
  return ok();
}

/** The handlers of SLOWLOG. */
export const SLOW_LOG_HANDLERS: Handlers<SlowLogRequest> = {
  SLOWLOG_GET: get,
  SLOWLOG_LEN: length,
  SLOWLOG_RESET: reset,
};
