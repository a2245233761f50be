/**
 * Servers that are compared, and measuring them by turns.
 *
 * @module
 */

import process from "node:process";
import {
  Load,
  type LoadOptions,
  type LoadProtocol,
  type Slice,
  type Spread,
  spreadOf,
  type Tally,
} from "../../lib/load/mod.ts";
import { interleave } from "../harness.ts";
import { connectTo } from "../load.ts";
import { cpuBetween, type Meter, type ServerProcess, startCortado } from "../processes.ts";
import type { PeerFigures } from "./figures.ts";

/** How long a slice is by itself, in milliseconds. */
export const SLICE_TIME = 30;

/** Replies of large values and of 10,000 connections take a while. */
const TIMEOUT = 60_000;

/** A millisecond has so many nanoseconds, in which latencies are counted. */
export const NANOS = 1_000_000;

/** Something that is spoken with a server. */
export type Peer = readonly [name: string, server: ServerProcess, protocol: LoadProtocol];

/** A server, and a driver that asks it. */
export interface Contender extends Disposable {
  /** The name of the server, and what is spoken with it. */
  readonly name: string;
  /** The server. */
  readonly server: ServerProcess;
  /** Asks it for a while. */
  run(slice: Slice): Promise<Tally>;
}

/** A slice with the processor time of the server, in microseconds. */
interface Sample {
  readonly tally: Tally;
  readonly cpu: number;
}

/** Starts the server of this project, without its log. */
export function startQuietly(): Promise<ServerProcess> {
  return startCortado([], [], () => {});
}

/** Connects a load to a server, and stores all keys first. */
export async function contenderOf(
  name: string,
  server: ServerProcess,
  options: LoadOptions,
): Promise<Contender> {
  const load = await Load.connect(() => connectTo(server.port), {
    ...options,
    timeout: TIMEOUT,
    cpu: ownCpu,
  });
  check(name, load, await load.fill());
  return {
    name,
    server,
    run: async (slice) => check(name, load, await load.run(slice)),
    [Symbol.dispose]: () => load[Symbol.dispose](),
  };
}

/** The processor time that this process has taken, in milliseconds. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function check(name: string, load: Load, tally: Tally): Tally {
  if (load.failure !== undefined) throw load.failure;
  const [error] = tally.errors;
  if (error === undefined) return tally;
  throw new Error(`Cannot go on with ${name}: it replied ${error[0]}: ${error[1].message}`);
}

/** Connects contenders, one after the other, measures them, and lets them go. */
export async function connectAndMeasure(
  makers: readonly (() => Promise<Contender>)[],
  meter: Meter,
  rounds: number,
  slice?: Slice,
): Promise<PeerFigures[]> {
  using connected = new DisposableStack();
  const contenders: Contender[] = [];
  for (const make of makers) contenders.push(connected.use(await make()));
  return await measure(contenders, meter, rounds, slice);
}

/** Measures contenders in slices, by turns. */
export async function measure(
  contenders: readonly Contender[],
  meter: Meter,
  rounds: number,
  slice: Slice = { duration: SLICE_TIME },
): Promise<PeerFigures[]> {
  const samples = await interleave(
    rounds,
    contenders.map(({ name, server: { pid }, run }) => ({
      name,
      run: async (): Promise<Sample> => {
        const before = await meter.cpu(pid);
        const tally = await run(slice);
        return { tally, cpu: cpuBetween(before, await meter.cpu(pid)) };
      },
    })),
  );
  const figures: PeerFigures[] = [];
  for (const { name, server } of contenders) {
    figures.push(peerFigures(name, samples.get(name)!, await meter.rss(server.pid)));
  }
  return figures;
}

function peerFigures(name: string, samples: readonly Sample[], memory: number): PeerFigures {
  const least = (figure: (sample: Sample) => number): Spread =>
    spreadOf(samples.map(figure), "less");
  const percentile = (percent: number) =>
    least(({ tally }) => tally.latency.percentile(percent) / NANOS);
  const sum = (figure: (tally: Tally) => number) =>
    samples.reduce((total, { tally }) => total + figure(tally), 0);
  const requests = sum((tally) => tally.requests);
  return {
    name,
    rate: spreadOf(samples.map(({ tally }) => tally.rate), "more"),
    cpu: least(({ tally, cpu }) => cpu / tally.requests),
    p50: percentile(50),
    p99: percentile(99),
    p999: percentile(99.9),
    sent: sum((tally) => tally.bytesSent) / requests,
    received: sum((tally) => tally.bytesReceived) / requests,
    memory,
    driver: sum((tally) => tally.cpu) / sum((tally) => tally.time),
  };
}
