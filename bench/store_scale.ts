/**
 * The store with millions of keys of 16 bytes and values of 64: the time of each operation, its slowest
 * one, and the bytes that a key really holds. No sockets.
 *
 *     deno task bench:store [--keys 1000000,5000000] [--rounds 3] [--markdown] [--json]
 *
 * Each round is a process of its own, so that heaps do not mix: 10 s with a million keys, 40 s with five
 * million. Each operation is timed alone, and the reading of the clock taken off. Stops of a virtual machine
 * and collections of garbage are among the slowest ones; what the store itself does shows in every round,
 * so that the least of the rounds tells it.
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
  ...["operation", "keys", "ns mean", "ns p50", "us p99.99"],
  ...["over 1 ms", "ms slowest", "ms slowest, least"],
];

const MEMORY_HEAD: Row = [
  ...["keys", "bytes a key", "beyond its 80", "after SET of other sizes", "beyond them"],
];

/** All rounds with one number of keys. */
interface Result {
  readonly keys: number;
  readonly rounds: readonly StoreFigures[];
}

const options = benchOptions({ rounds: 3 });
const args = parseArgs(Deno.args, { boolean: ["markdown"] });
const format = args["markdown"] ? markdownTable : table;
report(options, await measureAll(numbersOption("keys", [1_000_000, 5_000_000])), text);

async function measureAll(sizes: readonly number[]): Promise<Result[]> {
  const results = sizes.map((keys) => ({ keys, rounds: new Array<StoreFigures>() }));
  for (let round = 0; round < options.rounds; round++) {
    for (const { keys, rounds } of results) rounds.push(await measure(keys));
  }
  return results;
}

/** Measures in another process. */
async function measure(keys: number): Promise<StoreFigures> {
  const { success, code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", WORKER, "--keys", String(keys)],
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure ${keys} keys: the process ended with ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function text(results: readonly Result[]): string {
  return [
    `keys of 16 bytes, values of 64, ${options.rounds} rounds: medians of them`,
    "p99.99 and the slowest have stops of the machine in them; least: of the rounds",
    "",
    format(OPERATIONS_HEAD, results.flatMap(operationRows)),
    "",
    format(MEMORY_HEAD, results.map(memoryRow)),
  ].join("\n");
}

function operationRows({ keys, rounds }: Result): Row[] {
  return Object.keys(rounds[0]!.operations).map((name) => {
    const figures = (figure: keyof LatencyFigures, part: number) =>
      quantile(rounds.map(({ operations }) => operations[name]![figure]), part);
    return [
      ...[name, String(keys)],
      ...[figures("mean", 0.5), figures("p50", 0.5)].map((ms) => (ms * 1e6).toFixed(0)),
      (figures("p9999", 0.5) * 1e3).toFixed(0),
      figures("over1ms", 0.5).toFixed(0),
      ...[figures("max", 0.5), figures("max", 0)].map((ms) => ms.toFixed(1)),
    ];
  });
}

/** What is held hardly differs from round to round: the last one tells. */
function memoryRow({ keys, rounds }: Result): Row {
  const { filled, overwritten, overwrittenPayload } = rounds.at(-1)!.bytes;
  const figures = [filled, filled - PAYLOAD, overwritten, overwritten - overwrittenPayload];
  return [String(keys), ...figures.map((bytes) => bytes.toFixed(1))];
}
