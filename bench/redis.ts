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
import { startCortado } from "./processes.ts";
import { KEYS, type Settings, TESTS } from "./redis_benchmark.ts";
import { type Figures, HEAD, rowOf } from "./redis_figures.ts";
import { startRedis } from "./redis_server.ts";
import {
  benchOptions,
  markdownTable,
  numberOption,
  numbersOption,
  report,
  table,
} from "./report.ts";
import { type Outcome, sideBySide } from "./side_by_side.ts";

const YARDSTICK = "redis-server";

const options = benchOptions({ rounds: 31 });
const args = parseArgs(Deno.args, { boolean: ["markdown"], string: ["tests"] });
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

const outcome = await sideBySide({
  servers: { [YARDSTICK]: startRedis, cortado: startCortado },
  loads: tests.flatMap((test) => depths.map((depth) => ({ test, depth }))),
  settings,
  rounds: options.rounds,
});
report(options, outcome, text);
Deno.exitCode = outcome.exitCode;

function text({ figures, failures, rounds }: Outcome): string {
  const rows = figures.map((figure) => rowOf(figure, yardstick(figures, figure)));
  return [
    `${settings.clients} clients, values of ${settings.value} bytes, ${KEYS} keys, ${rounds} rounds`,
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
