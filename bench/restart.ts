/**
 * How long a restart takes: from the start of the process until it answers PING and has all keys, of the
 * server and of redis-server, with millions of keys of 16 bytes and values of 64 on disk.
 *
 *     deno task bench:restart [--keys 1000000] [--rounds 7] [--markdown] [--json]
 *
 * Each is started with its files as SETs have left them, and as a rewrite (BGREWRITEAOF) has, in turn. The
 * files are in the system's cache. It takes a minute.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { checkSize, fill, VALUE_SIZE } from "./fill.ts";
import { interleave, type Spread, spreadOf } from "./harness.ts";
import { sizeOf, startJournaled, startRedisJournaled, temporaryDirectory } from "./journaled.ts";
import { KEY_SIZE } from "./numbered_keys.ts";
import type { ServerProcess } from "./processes.ts";
import { benchOptions, markdownTable, numberOption, report, type Row, table } from "./report.ts";
import { ask } from "./resp_requests.ts";

/** How a server is started on a directory. */
type Start = (directory: string) => Promise<ServerProcess>;

/** A server, and the files that it starts with. */
interface Files {
  readonly server: string;
  /** As SETs have left them, or rewritten. */
  readonly files: "as written" | "rewritten";
  /** How many bytes they have. */
  readonly size: number;
}

interface Subject extends Files {
  readonly name: string;
  readonly path: string;
  readonly run: () => Promise<number>;
}

interface Figures extends Files {
  /** How many bytes they have after all restarts, which should be about as many. */
  readonly sizeAfter: number;
  /** How long a restart takes, in milliseconds. */
  readonly time: Spread;
}

const YARDSTICK = "redis-server";
/** How they are started so that they rewrite their files on request only. */
const SERVERS = {
  [YARDSTICK]: (directory: string) =>
    startRedisJournaled(directory, "everysec", ["--auto-aof-rewrite-percentage", "0"]),
  cortado: (directory: string) =>
    startJournaled(directory, "everysec", ["--compact-percentage", "0"]),
};

/** Files may grow by so much in all restarts: redis-server adds notes. */
const GROWTH = 1.01;

/** How often a server is asked whether it is ready, in milliseconds. */
const PAUSE = 5;
/** A server that has not become ready in so many milliseconds never will. */
const TIME_LIMIT = 120_000;

const HEAD: Row = ["server", "files", "MiB", "ms median", "ratio", "ms quartile", "ratio"];

const options = benchOptions({ rounds: 7 });
const args = parseArgs(Deno.args, { boolean: ["markdown"] });
const keys = numberOption("keys", 1_000_000);
await using stack = new AsyncDisposableStack();
// Ctrl-C ends the servers; what fails then ends this program, and its directories are removed.
const onSignal = () => {};
Deno.addSignalListener("SIGINT", onSignal);
stack.defer(() => Deno.removeSignalListener("SIGINT", onSignal));
report(options, await measureAll(), text);

async function measureAll(): Promise<Figures[]> {
  const subjects = [
    await prepare(YARDSTICK, "as written"),
    await prepare("cortado", "as written"),
    await prepare(YARDSTICK, "rewritten"),
    await prepare("cortado", "rewritten"),
  ];
  const samples = await interleave(options.rounds, subjects);
  return await Promise.all(subjects.map(async ({ name, path, server, files, size }) => {
    const sizeAfter = await sizeOf(path);
    return { server, files, size, sizeAfter, time: spreadOf(samples.get(name)!) };
  }));
}

/** Fills a server, and leaves its files. */
async function prepare(server: keyof typeof SERVERS, files: Files["files"]): Promise<Subject> {
  const start = SERVERS[server];
  const { path } = stack.use(await temporaryDirectory());
  await write(start, path, files === "rewritten");
  const size = await sizeOf(path);
  return {
    name: `${server}, ${files}`,
    path,
    server,
    files,
    size,
    run: () => restart(start, path),
  };
}

async function write(start: Start, path: string, rewritten: boolean): Promise<void> {
  await using process = await start(path);
  await fill(process.port, keys);
  if (rewritten) await rewrite(process.port);
}

async function rewrite(port: number): Promise<void> {
  const reply = await ask(port, "BGREWRITEAOF");
  if (!reply.startsWith("Background ")) throw new Error(`Cannot rewrite the files: ${reply}`);
  await until(async () => {
    return /^aof_rewrite_in_progress:0/m.test(await ask(port, "INFO", "persistence"));
  });
}

/** Starts a server; returns how many milliseconds it takes until it has all keys. */
async function restart(start: Start, path: string): Promise<number> {
  const begin = performance.now();
  await using process = await start(path);
  await until(async () => await ask(process.port, "PING") === "PONG");
  const time = performance.now() - begin;
  await checkSize(process.port, keys);
  return time;
}

/** Waits for something. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + TIME_LIMIT;
  while (!await isTrue()) {
    if (performance.now() > limit) throw new Error(`Cannot wait any longer than ${TIME_LIMIT} ms`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

function text(figures: readonly Figures[]): string {
  const rows = figures.map((figure) => rowOf(figure, yardstick(figures, figure)));
  return [
    `${keys} keys of ${KEY_SIZE} bytes, values of ${VALUE_SIZE}, ${options.rounds} rounds`,
    "ratio: to redis-server with files of the same kind; quartile: on the undisturbed side",
    "",
    args["markdown"] ? markdownTable(HEAD, rows) : table(HEAD, rows, 2),
    ...figures.filter(({ size, sizeAfter }) => sizeAfter > size * GROWTH || sizeAfter < size).map(
      changeOf,
    ),
  ].join("\n");
}

function changeOf({ server, files, size, sizeAfter }: Figures): string {
  return `the files of ${server} ${files} have changed: from ${size} bytes to ${sizeAfter}`;
}

function yardstick(figures: readonly Figures[], { files }: Figures): Figures {
  return figures.find((other) => other.files === files && other.server === YARDSTICK)!;
}

function rowOf({ server, files, size, time }: Figures, base: Figures): Row {
  const columns = (name: "median" | "quartile") => [
    time[name].toFixed(0),
    (time[name] / base.time[name]).toFixed(2),
  ];
  const mib = (size / 2 ** 20).toFixed(1);
  return [server, files, mib, ...columns("median"), ...columns("quartile")];
}
