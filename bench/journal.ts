/**
 * What the journal costs: SET with a journal and without, and beside redis-server, under the load of
 * redis-benchmark.
 *
 *     deno task bench:journal [--rounds 9] [--depths 1,16,128] [--time 1000] [--clients 50] [--value 64]
 *       [--markdown] [--json]
 *
 * Five servers take turns: Cortado without a journal, with one that is synced each second, and with one
 * that is synced before it replies; redis-server with both. A run takes a second, so that the sync of that
 * second is in it. Files are rewritten when the servers think fit.
 *
 * All of it takes 3 minutes, and up to 3 GB of temporary files. SIGINT ends the benchmark,
 * and what has been measured is reported. The exit code is 1 when a run failed.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { startJournaled, startRedisJournaled, temporaryDirectory } from "./journaled.ts";
import { startCortado } from "./processes.ts";
import { KEYS, type Load, type Settings } from "./redis_benchmark.ts";
import { type Figures, HEAD, rowOf } from "./redis_figures.ts";
import {
  benchOptions,
  markdownTable,
  numberOption,
  numbersOption,
  report,
  type Row,
  table,
} from "./report.ts";
import { type Outcome, sideBySide } from "./side_by_side.ts";

const MEMORY = "in memory";
const EVERYSEC = "everysec";
const ALWAYS = "always";
const REDIS_EVERYSEC = "redis everysec";
const REDIS_ALWAYS = "redis always";

/** Who is compared with whom, and how many times as many requests a second it must have. */
interface Pair {
  readonly server: string;
  readonly base: string;
  readonly bar?: number;
}

const PAIRS: readonly Pair[] = [
  { server: EVERYSEC, base: MEMORY, bar: 0.9 },
  { server: ALWAYS, base: REDIS_ALWAYS, bar: 1 },
  { server: EVERYSEC, base: REDIS_EVERYSEC },
];

const options = benchOptions({ rounds: 9 });
const args = parseArgs(Deno.args, { boolean: ["markdown"] });
const settings: Settings = {
  clients: numberOption("clients", 50),
  value: numberOption("value", 64),
};
const runTime = numberOption("time", 1_000);
const depths = numbersOption("depths", [1, 16, 128]);
const loads: Load[] = depths.map((depth) => ({ test: "set", depth }));

await using stack = new AsyncDisposableStack();
const paths: string[] = [];
for (let count = 0; count < 4; count++) paths.push(stack.use(await temporaryDirectory()).path);
const servers = {
  [MEMORY]: startCortado,
  [EVERYSEC]: () => startJournaled(paths[0]!, "everysec"),
  [ALWAYS]: () => startJournaled(paths[1]!, "always"),
  [REDIS_EVERYSEC]: () => startRedisJournaled(paths[2]!, "everysec"),
  [REDIS_ALWAYS]: () => startRedisJournaled(paths[3]!, "always"),
};
const outcome = await sideBySide({ servers, loads, settings, rounds: options.rounds, runTime });
report(options, outcome, text);
Deno.exitCode = outcome.exitCode;

function text({ figures, failures, rounds }: Outcome): string {
  const rows = PAIRS.flatMap((pair) => loads.flatMap((load) => rowsOf(figures, pair, load)));
  return [
    `${settings.clients} clients, values of ${settings.value} bytes, ${KEYS} keys, ` +
    `${rounds} rounds of ${runTime} ms`,
    "x: ratio to the row above; q: quartile on the undisturbed side, which p50 and p99 are too",
    "",
    args["markdown"] ? markdownTable(HEAD, rows) : table(HEAD, rows, 3),
    ...PAIRS.flatMap((pair) => loads.flatMap((load) => verdict(figures, pair, load))),
    ...failures,
  ].join("\n");
}

/** A server below the one that it is compared with; nothing when one of them has failed. */
function rowsOf(figures: readonly Figures[], pair: Pair, load: Load): Row[] {
  const [base, server] = bothOf(figures, pair, load);
  return base && server ? [rowOf(base, base), rowOf(server, base)] : [];
}

function verdict(figures: readonly Figures[], pair: Pair, load: Load): string[] {
  const [base, server] = bothOf(figures, pair, load);
  if (!base || !server || pair.bar === undefined) return [];
  const ratio = base.time.median / server.time.median;
  const outcome = ratio >= pair.bar ? "met" : "missed";
  return [
    `${pair.server} has ${ratio.toFixed(2)} times the requests/s of ${pair.base} ` +
    `at depth ${load.depth} (median), the bar is ${pair.bar}: ${outcome}`,
  ];
}

function bothOf(figures: readonly Figures[], { server, base }: Pair, load: Load) {
  const find = (name: string) =>
    figures.find((other) => other.load === load && other.server === name);
  return [find(base), find(server)] as const;
}
