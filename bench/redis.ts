/**
 * The server against redis-server, under the load of redis-benchmark, over loopback.
 *
 *     deno task bench:redis [--rounds 31] [--tests set,get] [--depths 1,16,128] [--clients 50]
 *       [--value 64] [--markdown] [--json]
 *
 * Both have all keys, or nearly all, before the first round. Runs are short and in turn. SIGINT ends the
 * benchmark, and what has been measured is reported. The exit code is 1 when a run failed.
 *
 * redis-benchmark and the server share the processors: where it takes as long as the server, requests a
 * second say little of the server, and its processor time says more.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { calibrate, inTurn } from "./harness.ts";
import { cpuBetween, Meter, type ServerProcess, startCortado } from "./processes.ts";
import { KEYS, type Load, run, RunError, type Settings, TESTS } from "./redis_benchmark.ts";
import { type Figures, figuresOf, HEAD, rowOf, type Runs, type Sample } from "./redis_figures.ts";
import { startRedis } from "./redis_server.ts";
import {
  benchOptions,
  markdownTable,
  numberOption,
  numbersOption,
  report,
  table,
} from "./report.ts";

const YARDSTICK = "redis-server";
const SERVERS = { [YARDSTICK]: startRedis, cortado: startCortado };

/** One request of each client: what connecting costs. */
const CONNECTING: Load = { test: "ping_mbulk", depth: 1 };

/** Random keys are set so many times each on average: 1 of 1,097 is left out. */
const FILLS = 7;

/** A run has at least so many requests of each client: with one they would all come at once. */
const MIN_WAVES = 2;

/** Ctrl-C ends redis-benchmark as well, and that may be known so many milliseconds earlier. */
const GRACE = 100;

/** As a shell says it of a program that SIGINT ended. */
const INTERRUPTED = 130;

/** A load on a server, which is measured until it fails. */
interface Cell extends Runs {
  readonly process: ServerProcess;
  readonly samples: Sample[];
  requests: number;
  failure: string | undefined;
}

interface Result {
  readonly figures: readonly Figures[];
  readonly failures: readonly string[];
}

const options = benchOptions({ rounds: 31 });
const args = parseArgs(Deno.args, {
  boolean: ["markdown"],
  string: ["tests"],
});
const settings: Settings = {
  clients: numberOption("clients", 50),
  value: numberOption("value", 64),
};
const tests = String(args["tests"] ?? TESTS).split(",");
for (const test of tests) {
  if (!TESTS.includes(test)) {
    throw new Error(`Cannot run --tests ${test}: there are ${TESTS.join(", ")}`);
  }
}
const depths = numbersOption("depths", [1, 16, 128]);
const loads: Load[] = tests.flatMap((test) => depths.map((depth) => ({ test, depth })));

const stop = new AbortController();
const onSignal = () => stop.abort();
Deno.addSignalListener("SIGINT", onSignal);
await using stack = new AsyncDisposableStack();
stack.defer(() => Deno.removeSignalListener("SIGINT", onSignal));
const meter = stack.use(new Meter());

const connecting: Cell[] = [];
const measured: Cell[] = [];
for (const [server, start] of Object.entries(SERVERS)) await prepare(server, await start());
for (let round = 0; round < options.rounds; round++) await measureAll(round);

const result = resultOf();
report(options, result, text);
if (result.failures.length > 0) Deno.exitCode = 1;
else if (stop.signal.aborted) Deno.exitCode = INTERRUPTED;

/** Fills a server, and finds out how many requests make a run. */
async function prepare(server: string, process: ServerProcess): Promise<void> {
  stack.use(process);
  const cellOf = (load: Load): Cell => {
    return { server, process, load, requests: settings.clients, samples: [], failure: undefined };
  };
  const first = cellOf(CONNECTING);
  const cells = loads.map(cellOf);
  connecting.push(first);
  measured.push(...cells);
  await attempt(first, async () => {
    await run({ test: "set", depth: 16 }, process.port, FILLS * KEYS, settings, stop.signal);
  });
  for (const cell of cells) {
    cell.failure = first.failure;
    await attempt(cell, async () => {
      const wave = settings.clients * cell.load.depth;
      // One more, for the clock of redis-benchmark rounds down, and a time of 0 would fit in forever.
      const work = async (waves: number) => (await runCell(cell, waves * wave)).time + 1;
      cell.requests = wave * Math.max(MIN_WAVES, await calibrate(work));
    });
  }
}

/** Does something with a cell unless it has failed already; when it fails now, that is noted. */
async function attempt(cell: Cell, work: () => Promise<void>): Promise<void> {
  if (cell.failure !== undefined || stop.signal.aborted) return;
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof RunError)) throw cause;
    await new Promise((resolve) => setTimeout(resolve, GRACE));
    if (stop.signal.aborted) return;
    // A server that does not answer would take the time limit for each of its cells.
    const lost = cause.late ? [...connecting, ...measured] : [cell];
    for (const other of lost) if (other.server === cell.server) other.failure ??= cause.message;
  }
}

/** A round: all loads, each on all servers. */
async function measureAll(round: number): Promise<void> {
  for (const load of [CONNECTING, ...loads]) {
    const cells = load === CONNECTING ? connecting : measured.filter((cell) => cell.load === load);
    for (const cell of inTurn(cells, round)) {
      await attempt(cell, async () => {
        const before = await meter.cpu(cell.process.pid);
        const sample = await runCell(cell, cell.requests);
        const cpu = cpuBetween(before, await meter.cpu(cell.process.pid));
        cell.samples.push({ ...sample, cpu });
      });
    }
  }
}

function runCell({ load, process }: Cell, requests: number) {
  return run(load, process.port, requests, settings, stop.signal);
}

/** Figures of all that was measured, by load. */
function resultOf(): Result {
  const done = measured.filter(({ samples, failure }) => samples.length > 0 && !failure);
  const figures = loads.flatMap((load) =>
    done.filter((cell) => cell.load === load).map((cell) =>
      figuresOf(cell, connecting.find(({ server }) => server === cell.server)!)
    )
  );
  const failures = [...connecting, ...measured].filter(({ failure }) => failure !== undefined)
    .map(({ server, failure }) => `${server}: ${failure}`);
  return { figures, failures: [...new Set(failures)] };
}

function text({ figures, failures }: Result): string {
  const rows = figures.map((figure) => rowOf(figure, yardstick(figures, figure)));
  return [
    `${settings.clients} clients, values of ${settings.value} bytes, ${KEYS} keys, ` +
    `${connecting[0]!.samples.length} rounds`,
    "x: ratio to redis-server; q: quartile on the undisturbed side, which p50 and p99 are too",
    "",
    args["markdown"] ? markdownTable(HEAD, rows) : table(HEAD, rows, 3),
    ...failures,
  ].join("\n");
}

/** The figures of redis-server under the same load, if it has not failed. */
function yardstick(figures: readonly Figures[], { load }: Figures): Figures | undefined {
  return figures.find((other) => other.load === load && other.server === YARDSTICK);
}
