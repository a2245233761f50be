/**
 * The shape of a connection: streams against a plain loop of reads and writes, over loopback.
 *
 *     deno task bench:shape [--rounds 31] [--connections 50] [--json]
 *
 * Three servers with the same codec, handlers and store get the same load in turn: how many requests a
 * second they answer, and how much processor time a request takes them.
 *
 * The raw loop has no limits, no pushes and no half-close, all of which the streams have: that favours the
 * yardstick.
 *
 * @module
 */

import { calibrate, interleave, quantile, type Spread, spreadOf } from "./harness.ts";
import { connectMany, drive, type Load, loadOf } from "./load.ts";
import { getRequests, setRequests, shuffled, SMALL_VALUE } from "./messages.ts";
import { cpuBetween, Meter, type ServerProcess, startServer } from "./processes.ts";
import { benchOptions, report, table } from "./report.ts";

/** The first is the yardstick. */
const STREAMS = "streams";
const SERVERS = { "raw loop": "raw_loop.ts", [STREAMS]: "streams.ts", naive: "naive_streams.ts" };
const DEPTHS = [1, 16, 128];
const KEYS = 100_000;
const HEADER = 12;

/** The streams may take so much of the raw loop's processor time a request, at this depth. */
const BAR = 1.15;
const BAR_DEPTH = 16;

interface Figures {
  readonly load: string;
  readonly depth: number;
  readonly server: string;
  /** Microseconds of elapsed time a request; a million divided by it is requests a second. */
  readonly time: Spread;
  /** Microseconds of the server's processor time a request. */
  readonly cpu: Spread;
  /** The median of its ratio to the first server's in the same round. */
  readonly cpuRatio: number;
}

interface Running {
  readonly name: string;
  readonly process: ServerProcess;
  readonly connections: Deno.TcpConn[];
}

const options = benchOptions({ rounds: 31, connections: 50 });
await using meter = new Meter();
await using stack = new AsyncDisposableStack();

const loads: Record<string, Load> = {
  GET: loadOf(shuffled(getRequests(KEYS)), HEADER + SMALL_VALUE),
  SET: loadOf(shuffled(setRequests(KEYS, SMALL_VALUE)), HEADER),
};

const servers: Running[] = [];
for (const [name, program] of Object.entries(SERVERS)) servers.push(await start(name, program));

const figures: Figures[] = [];
for (const name of Object.keys(loads)) {
  for (const depth of DEPTHS) figures.push(...await compare(name, depth));
}
report(options, figures, text);

/** Starts a server with all keys in its store. */
async function start(name: string, program: string): Promise<Running> {
  const process = stack.use(await startServer(program));
  const connections = await connectMany(process.port, options.connections);
  stack.defer(() => connections.forEach((connection) => connection.close()));
  await drive(connections.slice(0, 1), loads["SET"]!, 100, KEYS / 100);
  return { name, process, connections };
}

/** Measures all servers with one load. */
async function compare(loadName: string, depth: number): Promise<Figures[]> {
  const load = loads[loadName]!;
  const subjects = await Promise.all(servers.map((server) => subjectOf(server, load, depth)));
  const samples = await interleave(options.rounds, subjects);
  const first = samples.get(servers[0]!.name)!;
  return [...samples].map(([server, runs]) => ({
    load: loadName,
    depth,
    server,
    time: spreadOf(runs.map(({ time }) => time)),
    cpu: spreadOf(runs.map(({ cpu }) => cpu)),
    cpuRatio: quantile(runs.map(({ cpu }, round) => cpu / first[round]!.cpu), 0.5),
  }));
}

async function subjectOf({ name, process, connections }: Running, load: Load, depth: number) {
  const batches = await calibrate(async (times) => {
    const start = performance.now();
    await drive(connections, load, depth, times);
    return performance.now() - start;
  });
  const requests = batches * depth * connections.length;
  const run = async () => {
    const before = await meter.cpu(process.pid);
    const start = performance.now();
    await drive(connections, load, depth, batches);
    const time = (performance.now() - start) * 1_000 / requests;
    return { time, cpu: cpuBetween(before, await meter.cpu(process.pid)) / requests };
  };
  return { name, run };
}

function text(figures: readonly Figures[]): string {
  const head = ["load", "depth", "server", "req/s med", "x", "req/s q", "x"];
  head.push("cpu us/req med", "x", "q", "x", "clean");
  const rows = figures.map((figure) => {
    const { load, depth, server, time, cpu, cpuRatio } = figure;
    const base = yardstick(figures, figure);
    return [
      load,
      String(depth),
      server,
      (1e6 / time.median).toFixed(0),
      (base.time.median / time.median).toFixed(2),
      (1e6 / time.quartile).toFixed(0),
      (base.time.quartile / time.quartile).toFixed(2),
      cpu.median.toFixed(2),
      cpuRatio.toFixed(2),
      cpu.quartile.toFixed(2),
      (cpu.quartile / base.cpu.quartile).toFixed(2),
      `${(100 * cpu.clean).toFixed(0)}%`,
    ];
  });
  return [
    `${options.connections} connections, ${options.rounds} rounds; x: ratio to the first server`,
    "the raw loop, the yardstick, has no limits, no pushes and no half-close",
    table(head, rows, 3),
    ...figures.filter(({ server, depth }) => server === STREAMS && depth === BAR_DEPTH).map(
      verdict,
    ),
  ].join("\n");
}

function verdict({ load, cpuRatio }: Figures): string {
  const outcome = cpuRatio <= BAR ? "met" : "missed";
  const ratio = cpuRatio.toFixed(2);
  return `${load} at depth ${BAR_DEPTH}: streams take ${ratio} times the raw loop's CPU, ` +
    `the bar is ${BAR}: ${outcome}`;
}

/** The figures of the first server under the same load. */
function yardstick(figures: readonly Figures[], { load, depth }: Figures): Figures {
  return figures.find((other) => other.load === load && other.depth === depth)!;
}
