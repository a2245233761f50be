/**
 * What an idle connection costs: resident memory, with 10,000 of them.
 *
 *     deno task bench:idle [--connections 10000] [--json]
 *
 * Each connection has sent one PING and read its reply. redis-server is measured the same way where it is
 * installed.
 *
 * No collection of garbage is forced: what opening the connections and answering the PINGs left behind, and
 * has not been collected, counts as memory of the connections.
 *
 * @module
 */

import { connectMany, converse } from "./load.ts";
import { Meter, type ServerProcess, startServer } from "./processes.ts";
import { startRedis } from "./redis_server.ts";
import { benchOptions, print, report, table } from "./report.ts";

/** An idle connection may take so many bytes. */
const BAR = 24 * 1_024;
const BAR_CONNECTIONS = 10_000;

/** How many connections are opened at once: fewer than a listener's queue holds. */
const WAVE = 100;

/** Files that a server opens besides its connections. */
const SPARE_FILES = 200;

interface Conversation {
  readonly ping: Uint8Array;
  readonly replySize: number;
}

const CAFE: Conversation = { ping: Uint8Array.fromHex("cafe01040000000000000000"), replySize: 16 };
const RESP: Conversation = { ping: new TextEncoder().encode("PING\r\n"), replySize: 7 };

interface Figures {
  readonly server: string;
  /** Resident memory in bytes, without and with the connections. */
  readonly before: number;
  readonly after: number;
  /** Bytes a connection. */
  readonly each: number;
}

const options = benchOptions({ rounds: 1, connections: BAR_CONNECTIONS });
const { connections: count } = options;
await using meter = new Meter();
const limit = await meter.fileLimit();
if (limit < count + SPARE_FILES) {
  print(
    `Skipped: ${count} connections need ${
      count + SPARE_FILES
    } open files, and ulimit -n is ${limit}`,
  );
} else report(options, await measureAll(), text);

async function measureAll(): Promise<Figures[]> {
  const figures = [
    await measure("streams", CAFE, () => startServer("streams.ts")),
    await measure("raw loop", CAFE, () => startServer("raw_loop.ts")),
  ];
  try {
    figures.push(
      await measure("redis-server", RESP, () => startRedis(["--maxclients", String(count + WAVE)])),
    );
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotCapable)) {
      throw cause;
    }
  }
  return figures;
}

/** Starts a server, opens all connections to it, and reads its memory before and after. */
async function measure(
  server: string,
  conversation: Conversation,
  start: () => Promise<ServerProcess>,
): Promise<Figures> {
  await using process = await start();
  await using opened = new AsyncDisposableStack();
  await open(process.port, WAVE, conversation, opened); // Its code is compiled now.
  const before = await meter.settledRss(process.pid);
  for (let left = count; left > 0; left -= WAVE) {
    await open(process.port, Math.min(WAVE, left), conversation, opened);
  }
  const after = await meter.settledRss(process.pid);
  return { server, before, after, each: (after - before) / count };
}

async function open(
  port: number,
  wave: number,
  { ping, replySize }: Conversation,
  opened: AsyncDisposableStack,
): Promise<void> {
  const connections = await connectMany(port, wave);
  opened.defer(() => connections.forEach((connection) => connection.close()));
  // One after the other: they share the room that replies are read to, and nobody is in a hurry.
  for (const connection of connections) await converse(connection, ping, replySize);
}

function text(figures: readonly Figures[]): string {
  const kib = (bytes: number) => (bytes / 1_024).toFixed(1);
  const rows = figures.map(({ server, before, after, each }) => [
    server,
    kib(before / 1_024),
    kib(after / 1_024),
    kib(each),
  ]);
  const lines = [
    `${count} idle connections, each after one PING`,
    "garbage of the connection phase that was not collected counts as connection memory",
    table(["server", "MiB before", "MiB after", "KiB each"], rows),
  ];
  // With few, what a server allocates once for its first ones would count.
  if (count >= BAR_CONNECTIONS) lines.push(verdict(figures[0]!.each));
  if (figures.length < 3) {
    lines.push("redis-server is not beside it: it is not installed, or may not be run");
  }
  return lines.join("\n");
}

function verdict(each: number): string {
  const kib = (each / 1_024).toFixed(1);
  const outcome = each <= BAR ? "met" : "missed";
  return `streams take ${kib} KiB a connection, the bar is ${BAR / 1_024}: ${outcome}`;
}
