/**
 * A load on one server.
 *
 * @module
 */

import { WriteBuffer } from "../bytes/mod.ts";
import type { Credentials } from "../model/mod.ts";
import { concat } from "@std/bytes";
import { CAFE } from "./cafe.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { LoadConnection, type Socket } from "./connection.ts";
import { LoadError } from "./error.ts";
import { MEMCACHED_BINARY } from "./memcached_binary.ts";
import { MEMCACHED_META } from "./memcached_meta.ts";
import { type LoadProtocol, REPLY } from "./protocol.ts";
import { RESP } from "./resp.ts";
import { Tally } from "./tally.ts";
import { drawTape, fillingTape, type Tape } from "./tape.ts";
import { Workload, type WorkloadOptions } from "./workload.ts";

/** The protocols that a load can speak. */
export const LOAD_PROTOCOLS: readonly LoadProtocol[] = [
  CAFE,
  RESP,
  MEMCACHED_BINARY,
  MEMCACHED_META,
];

/** Opens a connection; rejects when the signal aborts before that. */
export type OpenSocket = (signal: AbortSignal) => Promise<Socket>;

/** How a load talks to a server. */
export interface LoadOptions extends WorkloadOptions {
  /** What is spoken, of {@linkcode LOAD_PROTOCOLS}. Default: CAFE. */
  readonly protocol?: LoadProtocol | undefined;
  /** How many connections there are. Default 50. */
  readonly connections?: number | undefined;
  /** How many requests of a connection are on their way at the most. Default 1. */
  readonly depth?: number | undefined;
  /** Whether values that are read are compared with those that were stored. Default false. */
  readonly verify?: boolean | undefined;
  /** How long connecting, and each reply, may take, in milliseconds; 0: any time. Default 10,000. */
  readonly timeout?: number | undefined;
  /** What each connection logs in with. Default: it does not. */
  readonly credentials?: Credentials | undefined;
  /** The time, for tests. Default: that of this machine. */
  readonly clock?: Clock | undefined;
  /** How much processor time this process has taken, in milliseconds. Default: that is not known, and 0. */
  readonly cpu?: (() => number) | undefined;
}

/** How long a load runs, and how fast. */
export interface Slice {
  /** For how many milliseconds requests are sent; without it and `count`, until it is stopped. */
  readonly duration?: number | undefined;
  /** How many requests are sent at the most. */
  readonly count?: number | undefined;
  /**
   * How many requests are due in a second: an open loop, in which each is due at a time of its own, and its
   * latency counts from then, whenever it could be sent (so coordinated omission is corrected). Default: a
   * closed loop, in which a connection sends the next `depth` requests when the last ones are answered.
   */
  readonly rate?: number | undefined;
}

const MAX_CONNECTIONS = 65_536;
const MAX_DEPTH = 65_536;

/** How many entries are encoded at a time to be stored, and how many of them are on their way. */
const FILLING = 1_024;

/** Connections are looked after so often, in milliseconds. */
const WATCH_INTERVAL = 250;
/** How long replies may take when a load was stopped, in milliseconds. */
const STOP_TIME = 1_000;
/** An open loop looks so often whether it is over, in milliseconds. */
const MAX_PAUSE = 50;

/**
 * Connections to one server, over which requests are sent in as many slices as wanted.
 *
 * @example
 * ```ts
 * import { connectSocket } from "@cortado/cortado/client";
 * import { Load } from "@cortado/cortado/load";
 * import { serve } from "@cortado/cortado/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve({ hostname: "127.0.0.1", port: 0 });
 * const address = server.addr!;
 * const options = { connections: 4, depth: 8, keys: 100, mix: { GET: 1 }, verify: true };
 * using load = await Load.connect((signal) => connectSocket(address, signal), options);
 * await load.fill();
 * const { requests, misses, errorCount } = await load.run({ count: 1_000 });
 * assertEquals([requests, misses, errorCount], [1_000, 0, 0]);
 * ```
 */
export class Load implements Disposable {
  /** What stopped it; undefined while it can go on. */
  failure: LoadError | undefined = undefined;
  /** What the slice that runs, or that ran last, has counted. */
  tally: Tally = new Tally();
  readonly #workload: Workload;
  readonly #protocol: LoadProtocol;
  readonly #clock: Clock;
  readonly #cpu: () => number;
  readonly #timeout: number;
  readonly #connections: readonly LoadConnection[];

  private constructor(sockets: readonly Socket[], tape: Tape, options: LoadOptions) {
    const { protocol = CAFE, depth = 1, clock = SYSTEM_CLOCK, timeout = 10_000 } = options;
    this.#workload = new Workload(options);
    this.#protocol = protocol;
    this.#clock = clock;
    this.#cpu = options.cpu ?? (() => 0);
    this.#timeout = timeout || Infinity;
    this.#connections = sockets.map((socket, index) => {
      // Each begins somewhere else, so that all keys are in use.
      const at = Math.floor(tape.count * index / sockets.length);
      return new LoadConnection(socket, protocol, tape, at, depth, clock);
    });
  }

  /**
   * Draws all requests, and connects.
   *
   * @throws {RangeError} When an option is out of range.
   * @throws {LoadError} When a connection cannot be made, or the server refuses the login.
   */
  static async connect(open: OpenSocket, options: LoadOptions = {}): Promise<Load> {
    const { protocol = CAFE, connections = 50, depth = 1, verify = false } = options;
    checkNumber("connections", connections, MAX_CONNECTIONS);
    checkNumber("depth", depth, MAX_DEPTH);
    const tape = drawTape(new Workload(options), protocol, verify);
    const limit = options.timeout ?? 10_000;
    const signal = limit === 0 ? new AbortController().signal : AbortSignal.timeout(limit);
    const attempts = await Promise.allSettled(
      Array.from({ length: connections }, () => openOne(open, options, signal)),
    );
    const sockets = attempts.flatMap((attempt) => "value" in attempt ? [attempt.value] : []);
    const failed = attempts.find((attempt) => attempt.status === "rejected");
    if (failed === undefined) return new Load(sockets, tape, options);
    for (const socket of sockets) socket.close();
    throw failed.reason instanceof LoadError
      ? failed.reason
      : new LoadError(messageOf(failed.reason), failed.reason);
  }

  /** Closes all connections; a slice that runs ends. */
  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection.close();
  }

  /**
   * Stores the values of all keys. A signal that aborts ends that early.
   *
   * @returns What was counted.
   */
  async fill(signal: AbortSignal = new AbortController().signal): Promise<Tally> {
    let next = 0;
    const { keys } = this.#workload;
    return await this.#measure(signal, async (connection) => {
      while (next < keys && !signal.aborted) {
        const from = next;
        next = Math.min(keys, next + FILLING);
        await connection.play(fillingTape(this.#workload, this.#protocol, from, next));
      }
    });
  }

  /**
   * Sends requests for some time, or so many, and waits for their replies. A signal that aborts ends that
   * early. When the load fails, what was counted until then is returned, and `failure` says why.
   *
   * @throws {RangeError} When the rate or the count is out of range.
   */
  async run(
    slice: Slice,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Tally> {
    const { duration = Infinity, count = Infinity, rate } = slice;
    if (count !== Infinity) checkNumber("count", count, Number.MAX_SAFE_INTEGER);
    if (rate !== undefined) return await this.#runOpen(rate, duration, count, signal);
    const deadline = this.#clock.now() + duration;
    let left = count;
    return await this.#measure(signal, (connection) =>
      connection.closedLoop((most) => {
        if (signal.aborted || this.#clock.now() >= deadline) return 0;
        const taken = Math.min(most, left);
        left -= taken;
        return taken;
      }));
  }

  async #runOpen(
    rate: number,
    duration: number,
    count: number,
    signal: AbortSignal,
  ): Promise<Tally> {
    if (!(rate > 0 && rate < Infinity)) {
      throw new RangeError(`Cannot use rate ${rate}: it must be a number above 0`);
    }
    const interval = 1_000 / rate;
    const total = Math.min(count, Math.ceil(duration / interval));
    const size = this.#connections.length;
    const start = this.#clock.now();
    const measured = this.#measure(signal, (connection, index) =>
      connection.openLoop({
        count: total === Infinity ? total : Math.ceil((total - index) / size),
        first: start + index * interval,
        step: size * interval,
      }));
    await this.#pace(start, interval, Math.min(total * interval, duration), signal, measured);
    const tally = await measured;
    if (tally.requests < total || total * interval < duration) return tally;
    // All is answered before the time is over: it is not shorter for that.
    const left = () => signal.aborted ? 0 : start + duration - this.#clock.now();
    while (left() > 0) await this.#clock.pause(Math.min(MAX_PAUSE, left()));
    tally.time = this.#clock.now() - start;
    return tally;
  }

  /** Has each connection send its requests when they are due, until the time of an open loop is over. */
  async #pace(
    start: number,
    interval: number,
    duration: number,
    signal: AbortSignal,
    measured: Promise<unknown>,
  ): Promise<void> {
    let isOver = false;
    const end = () => isOver = true;
    measured.then(end, end);
    const size = this.#connections.length;
    let next = 0;
    for (let now = this.#clock.now(); !isOver && !signal.aborted; now = this.#clock.now()) {
      if (now - start >= duration) break;
      const due = Math.floor((now - start) / interval);
      // All connections have been looked at when so many are due.
      if (due - next >= size) next = due - size + 1;
      for (; next <= due; next++) this.#connections[next % size]!.sendDue(now);
      await this.#clock.pause(Math.min(MAX_PAUSE, start + next * interval - now));
    }
    const now = this.#clock.now();
    for (const connection of this.#connections) connection.stop(now);
  }

  /** Lets all connections do something, and counts what comes of it. */
  async #measure(
    signal: AbortSignal,
    work: (connection: LoadConnection, index: number) => Promise<void>,
  ): Promise<Tally> {
    const tally = this.tally = new Tally();
    for (const connection of this.#connections) connection.tally = tally;
    const [start, cpu] = [this.#clock.now(), this.#cpu()];
    const watch = setInterval(() => this.#look(signal), WATCH_INTERVAL);
    try {
      await Promise.all(
        this.#connections.map((connection, index) =>
          work(connection, index).catch((cause) => this.#fail(cause))
        ),
      );
    } finally {
      clearInterval(watch);
    }
    tally.time = this.#clock.now() - start;
    tally.cpu = this.#cpu() - cpu;
    return tally;
  }

  #look(signal: AbortSignal): void {
    const now = this.#clock.now();
    const limit = signal.aborted ? Math.min(STOP_TIME, this.#timeout) : this.#timeout;
    for (const { waitingSince = now } of this.#connections) {
      if (now - waitingSince <= limit) continue;
      return this.#fail(
        new LoadError(`a reply did not come within ${limit} ms (option timeout)`),
      );
    }
  }

  /** Ends all connections for the first thing that fails. */
  #fail(cause: unknown): void {
    if (!(cause instanceof LoadError)) throw cause;
    if (this.failure !== undefined) return;
    this.failure = cause;
    for (const connection of this.#connections) connection.close(cause);
  }
}

/** Opens a connection, and logs in. */
async function openOne(
  open: OpenSocket,
  { protocol = CAFE, credentials }: LoadOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await open(signal);
  if (credentials === undefined) return socket;
  const out = new WriteBuffer();
  protocol.encodeLogin(credentials, out);
  const bytes = concat(out.drain());
  const tape = {
    count: 1,
    bytes,
    starts: Float64Array.of(0, bytes.length),
    expected: Uint8Array.of(REPLY.DONE),
    values: [],
  };
  const close = () => connection.close(new LoadError("the login took too long (option timeout)"));
  const connection = new LoadConnection(socket, protocol, tape, 0, 1, SYSTEM_CLOCK);
  signal.addEventListener("abort", close);
  try {
    await connection.play(tape);
    const [refusal] = connection.tally.errors.values();
    if (refusal === undefined) return socket;
    throw new LoadError(`the server refuses the login: ${refusal.message}`);
  } catch (cause) {
    connection.close();
    throw cause;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : `${cause}`;
}

function checkNumber(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(
    `Cannot use ${name} ${value}: it must be a whole number from 1 to ${most}`,
  );
}
