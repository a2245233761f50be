/**
 * The store with millions of keys of 16 bytes and values of 64: the time of each operation, its slowest
 * one, and the bytes that a key really holds. No sockets.
 *
 *     deno task bench:store [--keys 1000000,5000000] [--rounds 3] [--markdown] [--json]
 *
 * Each number of keys has a process of its own, so that heaps do not mix. A round takes 10 s with a million
 * keys, and 40 s with five million: 3 minutes in all. Each operation is timed alone, and the reading of the
 * clock taken off. Stops of a virtual machine and collections of garbage are among the slowest operations.
 * What the store itself does, such as to grow a table, it does at the same operation in every round: of the
 * least times of all rounds, operation by operation, the slowest tells it.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { quantile } from "./harness.ts";
import type { LatencyFigures } from "./latencies.ts";
import { benchOptions, markdownTable, numbersOption, report, type Row, table } from "./report.ts";
import type { StoreFigures } from "./store_worker.ts";

const WORKER = new URL("./store_worker.ts", import.meta.url).href;
const PAYLOAD = 16 + 64;

const OPERATIONS_HEAD: Row = [
  ...["operation", "keys", "ns", "least", "us p99.99", "least"],
  ...["over 1 ms", "least", "ms slowest", "least"],
];

const MEMORY_HEAD: Row = [
  ...["keys", "bytes a key", "beyond its 80", "after SET of other sizes", "beyond them"],
];

const options = benchOptions({ rounds: 3 });
const args = parseArgs(Deno.args, { boolean: ["markdown"] });
const format = args["markdown"] ? markdownTable : table;
report(options, await measureAll(numbersOption("keys", [1_000_000, 5_000_000])), text);

async function measureAll(sizes: readonly number[]): Promise<StoreFigures[]> {
  const results: StoreFigures[] = [];
  for (const keys of sizes) results.push(await measure(keys));
  return results;
}

/** Measures in another process. */
async function measure(keys: number): Promise<StoreFigures> {
  const { success, code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", WORKER, "--keys", String(keys), "--rounds", String(options.rounds)],
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure ${keys} keys: the process ended with ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function text(results: readonly StoreFigures[]): string {
  return [
    `keys of 16 bytes, values of 64, ${options.rounds} rounds: medians of them`,
    "stops of the machine are in them; least: of the least times of all rounds, key by key",
    "",
    format(OPERATIONS_HEAD, results.flatMap(operationRows)),
    "",
    format(MEMORY_HEAD, results.map(memoryRow)),
  ].join("\n");
}

function operationRows({ keys, operations }: StoreFigures): Row[] {
  return Object.entries(operations).map(([name, { rounds, least }]) => {
    const figure = (figure: keyof LatencyFigures) =>
      quantile(rounds.map((round) => round[figure]), 0.5);
    return [
      ...[name, String(keys)],
      ...[figure("mean"), least.mean].map((ms) => (ms * 1e6).toFixed(0)),
      ...[figure("p9999"), least.p9999].map((ms) => (ms * 1e3).toFixed(0)),
      ...[figure("over1ms"), least.over1ms].map(String),
      ...[figure("max"), least.max].map((ms) => ms.toFixed(1)),
    ];
  });
}

function memoryRow({ keys, bytes }: StoreFigures): Row {
  const { filled, overwritten, overwrittenPayload } = bytes;
  const figures = [filled, filled - PAYLOAD, overwritten, overwritten - overwrittenPayload];
  return [String(keys), ...figures.map((bytes) => bytes.toFixed(1))];
}
