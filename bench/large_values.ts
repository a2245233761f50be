/**
 * What a value of 1 GB in parts does to others: how long a PING takes on the same connection and on another
 * one, while the value is stored and read as a stream, and how much memory both sides take.
 *
 *     deno task bench:large [--megabytes 1000] [--rounds 5] [--json]
 *
 * Each round stores the value, reads it, and does nothing for a second, in turn. It takes a minute, and
 * twice the value of memory: the one before is there until the garbage collector has come to it.
 *
 * @module
 */

import { Client } from "../lib/client/mod.ts";
import { spreadOf } from "./harness.ts";
import { type LatencyFigures, latencyFigures } from "./latencies.ts";
import { pingUntil } from "./pinger.ts";
import { Meter, startCortado } from "./processes.ts";
import { benchOptions, numberOption, report, type Row, table } from "./report.ts";

/** Chunks are as large as those that a file is read in. */
const CHUNK = new Uint8Array(262_144).fill(7);

/** What one round of a subject has shown. */
interface Round {
  /** Bytes a second. */
  readonly speed: number;
  /** The pings on the connection of the value, and those on another one. */
  readonly beside: LatencyFigures;
  readonly apart: LatencyFigures;
}

interface Subject {
  readonly name: string;
  readonly run: (client: Client, size: number) => Promise<unknown>;
}

const SUBJECTS: readonly Subject[] = [
  { name: "nothing", run: () => new Promise((resolve) => setTimeout(resolve, 1_000)) },
  { name: "SET", run: (client, size) => client.setStream("large", streamOf(size), size) },
  { name: "GET", run: read },
];

/** A stream of so many bytes, a chunk at a time. */
function streamOf(size: number): ReadableStream<Uint8Array> {
  let left = size;
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close();
      const chunk = CHUNK.subarray(0, left);
      left -= chunk.length;
      controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

async function read(client: Client, size: number): Promise<void> {
  const entry = await client.getStream("large");
  let come = 0;
  for await (const chunk of entry?.value ?? []) come += chunk.length;
  if (come !== size) throw new Error(`${come} of ${size} bytes have come`);
}

async function measure({ run }: Subject, port: number, size: number): Promise<Round> {
  await using client = await Client.connect({ hostname: "127.0.0.1", port });
  using pinger = new Pinger(port);
  let isOver = false;
  const pings = pingUntil(client, () => isOver);
  const begin = performance.now();
  await run(client, size);
  const time = performance.now() - begin;
  isOver = true;
  const beside = latencyFigures(await pings);
  return { speed: size / time * 1_000, beside, apart: latencyFigures(await pinger.stop()) };
}

/** A client in a thread of its own: one in this thread would wait for this side's writes, not the server. */
class Pinger implements Disposable {
  readonly #worker = new Worker(new URL("./pinger.ts", import.meta.url), { type: "module" });
  readonly #times: Promise<Float64Array>;

  constructor(port: number) {
    this.#times = new Promise((resolve) => {
      this.#worker.onmessage = ({ data }: MessageEvent<Float64Array>) => resolve(data);
    });
    this.#worker.postMessage(port);
  }

  stop(): Promise<Float64Array> {
    this.#worker.postMessage("stop");
    return this.#times;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** The medians of all rounds. */
function rowOf(name: string, rounds: readonly Round[], isIdle: boolean): Row {
  const median = (figure: (round: Round) => number) => spreadOf(rounds.map(figure)).median;
  const time = (milliseconds: number) => milliseconds.toFixed(2);
  const speed = isIdle ? "" : (median((round) => round.speed) / 1e6).toFixed(0);
  const times = (["beside", "apart"] as const).flatMap((which) =>
    (["p50", "p99", "max"] as const).map((part) => time(median((round) => round[which][part])))
  );
  return [name, speed, ...times];
}

const HEAD = ["", "MB/s", "beside p50", "p99", "max, ms", "apart p50", "p99", "max, ms"];

if (import.meta.main) {
  const options = benchOptions({ rounds: 5 });
  const size = numberOption("megabytes", 1_000) * 1_000_000;
  await using server = await startCortado();
  await using meter = new Meter();
  const found = new Map<string, Round[]>(SUBJECTS.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const subject of SUBJECTS) {
      found.get(subject.name)!.push(await measure(subject, server.port, size));
    }
  }
  const peak = await meter.peakRss(server.pid);
  report(options, { size, peak, rounds: Object.fromEntries(found) }, () => {
    const rows = [...found].map(([name, rounds]) =>
      rowOf(name, rounds, name === SUBJECTS[0]!.name)
    );
    const mib = (bytes: number) => (bytes / 1_048_576).toFixed(0);
    const own = Deno.memoryUsage().rss;
    return `${table(HEAD, rows)}\n\nmemory of the server at its peak ${
      mib(peak)
    } MiB, of the client now ${mib(own)} MiB`;
  });
}
