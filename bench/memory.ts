/**
 * What a key costs: resident memory of the server and of redis-server, with millions of keys of 16 bytes
 * and values of 64.
 *
 *     deno task bench:memory [--keys 1000000,5000000] [--rounds 1] [--markdown] [--json]
 *
 * The keys come over RESP, pipelined, by SET, from four connections, in an order far from that of their
 * numbers. A round takes 45 s. No collection of garbage is forced: what filling has left behind, and has
 * not been collected a second later, counts as memory of the keys.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { fill, VALUE_SIZE } from "./fill.ts";
import { inTurn, quantile } from "./harness.ts";
import { KEY_SIZE } from "./numbered_keys.ts";
import { Meter, startCortado } from "./processes.ts";
import { startRedis } from "./redis_server.ts";
import { benchOptions, markdownTable, numbersOption, report, type Row, table } from "./report.ts";

const YARDSTICK = "redis-server";
const SERVERS = { [YARDSTICK]: startRedis, cortado: startCortado };
const HEAD: Row = [
  ...["server", "keys", "MiB before", "MiB after", "ratio"],
  ...["bytes a key", "ratio", "keys/s"],
];

/** Medians of the rounds. */
interface Figures {
  readonly server: string;
  readonly keys: number;
  /** Resident memory in bytes, without and with the keys. */
  readonly before: number;
  readonly after: number;
  /** How long filling took, in milliseconds. */
  readonly time: number;
}

const options = benchOptions({ rounds: 1 });
const args = parseArgs(Deno.args, { boolean: ["markdown"] });
await using meter = new Meter();
report(options, await measureAll(numbersOption("keys", [1_000_000, 5_000_000])), text);

async function measureAll(sizes: readonly number[]): Promise<Figures[]> {
  const rounds: Figures[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const keys of sizes) {
      for (const server of inTurn(Object.keys(SERVERS), round)) {
        rounds.push(await measure(server, keys));
      }
    }
  }
  const some = rounds.slice(0, sizes.length * Object.keys(SERVERS).length);
  return some.map(({ server, keys }) =>
    medians(rounds.filter((other) => other.server === server && other.keys === keys))
  );
}

/** Starts a server, fills it, and reads its memory before and after. */
async function measure(server: string, keys: number): Promise<Figures> {
  await using process = await SERVERS[server as keyof typeof SERVERS]();
  const before = await meter.settledRss(process.pid);
  const start = performance.now();
  await fill(process.port, keys);
  const time = performance.now() - start;
  return { server, keys, before, after: await meter.settledRss(process.pid), time };
}

function medians(rounds: readonly Figures[]): Figures {
  const median = (name: "before" | "after" | "time") =>
    quantile(rounds.map((round) => round[name]), 0.5);
  const { server, keys } = rounds[0]!;
  return { server, keys, before: median("before"), after: median("after"), time: median("time") };
}

function each({ before, after, keys }: Figures): number {
  return (after - before) / keys;
}

function text(figures: readonly Figures[]): string {
  const rows = figures.map((figure) => rowOf(figure, rivalOf(figure, figures)));
  return [
    `keys of ${KEY_SIZE} bytes, values of ${VALUE_SIZE}, ${options.rounds} rounds`,
    "bytes a key: what memory has grown by, for each; ratio: to redis-server",
    "",
    args["markdown"] ? markdownTable(HEAD, rows) : table(HEAD, rows),
  ].join("\n");
}

function rivalOf({ keys }: Figures, figures: readonly Figures[]): Figures {
  return figures.find((other) => other.server === YARDSTICK && other.keys === keys)!;
}

function rowOf(figure: Figures, rival: Figures): Row {
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const ratio = (a: number, b: number) => (a / b).toFixed(2);
  return [
    ...[figure.server, String(figure.keys), mib(figure.before), mib(figure.after)],
    ratio(figure.after, rival.after),
    ...[each(figure).toFixed(1), ratio(each(figure), each(rival))],
    (1_000 * figure.keys / figure.time).toFixed(0),
  ];
}
