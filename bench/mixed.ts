/**
 * Latencies under a mixed load with millions of keys, of the server and of redis-server.
 *
 *     deno task bench:mixed [--keys 5000000] [--rounds 300] [--time 100] [--connections 50]
 *       [--markdown] [--json]
 *
 * Each has the keys, of 16 bytes with values of 64, before the first round. Four of five requests get; the
 * others set values of 8 to 160 bytes, and one of five of those lets the entry expire after half a second.
 * Each connection sends a request when it has the reply to the one before. Rounds of `--time` milliseconds
 * are in turn, so that stops of the machine and of this program hit all alike; a third subject, PING to
 * redis-server, tells what there is of them where a server has nothing to do. It takes 2 minutes.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { fill } from "./fill.ts";
import { interleave, quantile } from "./harness.ts";
import { type LatencyFigures, latencyFigures } from "./latencies.ts";
import { connectMany } from "./load.ts";
import { Talker } from "./mixed_load.ts";
import { cpuBetween, Meter, type ServerProcess, startCortado } from "./processes.ts";
import { startRedis } from "./redis_server.ts";
import { requestOf } from "./resp_requests.ts";
import { benchOptions, markdownTable, numberOption, report, type Row, table } from "./report.ts";

/** p99.9 may be so many times that of redis-server. */
const BAR = 1.5;
/** A request that takes so many milliseconds is part of a stall. */
const STALL = 50;

const REDIS = "redis-server";
const CORTADO = "cortado";
const PING = "PING alone";
const PING_REQUEST = requestOf("PING");

/** What came of one round. */
interface Round {
  readonly figures: LatencyFigures;
  /** All latencies, in milliseconds. */
  readonly times: readonly number[];
  /** The length of each stall, in milliseconds. */
  readonly stalls: readonly number[];
  /** Requests a second. */
  readonly rate: number;
  /** Microseconds of the server's processor time a request. */
  readonly cpu: number;
}

/** What came of all rounds with one subject. */
interface Result {
  readonly subject: string;
  readonly rounds: readonly Omit<Round, "times">[];
  /** Of all requests of all rounds. */
  readonly all: LatencyFigures;
}

const options = benchOptions({ rounds: 300, connections: 50 });
const args = parseArgs(Deno.args, { boolean: ["markdown"] });
const keys = numberOption("keys", 5_000_000);
const time = numberOption("time", 100);
await using stack = new AsyncDisposableStack();
const meter = stack.use(new Meter());
report(options, await measureAll(), text);

async function measureAll(): Promise<Result[]> {
  const redis = stack.use(await startRedis());
  const cortado = stack.use(await startCortado());
  const mixed = (talker: Talker) => talker.askAny();
  const subjects = [
    await subjectOf(REDIS, redis, mixed),
    await subjectOf(CORTADO, cortado, mixed),
    await subjectOf(PING, redis, (talker) => talker.ask(PING_REQUEST)),
  ];
  for (const { port } of [redis, cortado]) await fill(port, keys);
  const samples = await interleave(options.rounds, subjects);
  return [...samples].map(([subject, rounds]) => ({
    subject,
    all: latencyFigures(rounds.flatMap((round) => round.times)),
    rounds: rounds.map(({ times: _, ...round }) => round),
  }));
}

async function subjectOf(
  name: string,
  process: ServerProcess,
  talk: (talker: Talker) => Promise<void>,
) {
  const connections = await connectMany(process.port, options.connections);
  const talkers = connections.map((connection) => new Talker(connection, keys));
  stack.defer(() => talkers.forEach((talker) => talker.close()));
  return { name, run: () => measure(process, talkers, talk) };
}

/** Lets all talk for a while. */
async function measure(
  { pid }: ServerProcess,
  talkers: readonly Talker[],
  talk: (talker: Talker) => Promise<void>,
): Promise<Round> {
  const before = await meter.cpu(pid);
  const start = performance.now();
  const { times, stalls } = await talkUntil(start + time, talkers, talk);
  const elapsed = performance.now() - start;
  const cpu = cpuBetween(before, await meter.cpu(pid)) / times.length;
  const rate = 1_000 * times.length / elapsed;
  return { figures: latencyFigures(times), times, stalls, rate, cpu };
}

async function talkUntil(
  end: number,
  talkers: readonly Talker[],
  talk: (talker: Talker) => Promise<void>,
) {
  const times: number[] = [];
  const stalls: number[] = [];
  let stalledUntil = -Infinity;
  await Promise.all(talkers.map(async (talker) => {
    for (let start = performance.now(), now = start; start < end; start = now) {
      await talk(talker);
      now = performance.now();
      times.push(now - start);
      if (now - start <= STALL || start < stalledUntil) continue; // One stall hits all who wait.
      stalledUntil = now;
      stalls.push(now - start);
    }
  }));
  return { times, stalls };
}

function text(results: readonly Result[]): string {
  const requests = results.map(({ all }) => all.count).join(", ");
  const head = ["ms", ...results.map(({ subject }) => subject), "ratio to redis-server"];
  return [
    `${keys} keys, ${options.connections} connections, ${options.rounds} rounds of ${time} ms`,
    `${requests} requests; quartile: the round on the undisturbed side`,
    "",
    (args["markdown"] ? markdownTable : table)(head, rowsOf(results)),
    ...verdicts(results),
  ].join("\n");
}

function rowsOf(results: readonly Result[]): Row[] {
  const row = (name: string, digits: number, figure: (result: Result) => number): Row => {
    const figures = results.map(figure);
    const ratio = figures[1]! / figures[0]!;
    const texts = figures.map((value) => value.toFixed(digits));
    return [name, ...texts, Number.isFinite(ratio) ? ratio.toFixed(2) : "-"];
  };
  return [
    row("p50, median of rounds", 2, (result) => roundsAt(result, "p50", 0.5)),
    row("p50, quartile", 2, (result) => roundsAt(result, "p50", 0.25)),
    row("p99, median", 2, (result) => roundsAt(result, "p99", 0.5)),
    row("p99, quartile", 2, (result) => roundsAt(result, "p99", 0.25)),
    row("p99.9, median", 2, (result) => roundsAt(result, "p999", 0.5)),
    row("p99.9, quartile", 2, (result) => roundsAt(result, "p999", 0.25)),
    row("p99.9 of all requests", 2, ({ all }) => all.p999),
    row("p99.99 of all requests", 1, ({ all }) => all.p9999),
    row("slowest request", 1, ({ all }) => all.max),
    row(`stalls over ${STALL} ms`, 0, ({ rounds }) => stallsOf(rounds).length),
    row("requests/s, median", 0, ({ rounds }) => quantile(rounds.map(({ rate }) => rate), 0.5)),
    row(
      "CPU us a request, quartile",
      2,
      ({ rounds }) => quantile(rounds.map(({ cpu }) => cpu), 0.25),
    ),
  ];
}

function stallsOf(rounds: Result["rounds"]): number[] {
  return rounds.flatMap(({ stalls }) => stalls);
}

/** A figure of the round below which the given part of the rounds lies. */
function roundsAt(result: Result, figure: keyof LatencyFigures, part: number): number {
  return quantile(result.rounds.map(({ figures }) => figures[figure]), part);
}

function verdicts([redis, cortado]: readonly Result[]): string[] {
  const ratio = (figure: (result: Result) => number) => figure(cortado!) / figure(redis!);
  const ratios = {
    "median of rounds": ratio((result) => roundsAt(result, "p999", 0.5)),
    "quartile": ratio((result) => roundsAt(result, "p999", 0.25)),
    "all requests": ratio(({ all }) => all.p999),
  };
  return Object.entries(ratios).map(([name, ratio]) => {
    const outcome = ratio <= BAR ? "met" : "missed";
    return `p99.9, ${name}: ${
      ratio.toFixed(2)
    } times redis-server's, the bar is ${BAR}: ${outcome}`;
  });
}
