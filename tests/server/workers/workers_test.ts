import { Client } from "../../../lib/client/mod.ts";
import { type Limits, serve, type Server, WorkersError } from "../../../lib/server/mod.ts";
import { Workers } from "../../../lib/server/workers/workers.ts";
import type { RingSocket } from "../../../lib/server/workers/ring_socket.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { textOf, utf8 } from "../../codec/helpers.ts";
import { frame, PING } from "../frames.ts";
import { assertAlive, RawClient, until } from "../raw_client.ts";
import { Caller, closeAll, MANY } from "./caller.ts";

const PERMISSIONS: Deno.PermissionOptions = { net: ["127.0.0.1", "localhost"], read: true };
const MIB = 1_048_576;

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `workers: ${name}`, permissions: PERMISSIONS, fn });
}

function serveWithWorkers(limits: Limits = {}): Promise<Server> {
  return serve({ port: 0, workers: 2, limits });
}

test("a transaction is carried out unless a client of any worker has changed what it watches", async () => {
  await using server = await serveWithWorkers();
  const callers = await Caller.many(server);
  for (const [at, watcher] of callers.entries()) {
    const writer = callers[(at + 1) % MANY]!;
    await watcher.call("WATCH k", "+OK ");
    await writer.call("SET k 1", "+OK ");
    await watcher.call("MULTI", "+OK ");
    await watcher.call("SET k 2", "+QUEUED ");
    await watcher.call("EXEC", "*-1 ");
    await watcher.call("WATCH k", "+OK ");
    await watcher.call("MULTI", "+OK ");
    await watcher.call("INCR k", "+QUEUED ");
    await writer.call("GET k", "$1 1 ");
    await watcher.call("EXEC", "*1 :2 ");
  }
  closeAll(callers);
});

test("messages reach the subscribers of all workers in the order in which they were published", async () => {
  await using server = await serveWithWorkers();
  const [publisher, ...subscribers] = await Caller.many(server);
  for (const subscriber of subscribers) {
    await subscriber.call("SUBSCRIBE c", "*3 $9 subscribe $1 c :1 ");
  }
  const numbers = Array.from({ length: 500 }, (_, at) => at + 100);
  await publisher!.raw.send(utf8(numbers.map((number) => `PUBLISH c ${number}\r\n`).join("")));
  await publisher!.hear(numbers.map(() => `:${MANY - 1} `).join(""));
  for (const subscriber of subscribers) {
    await subscriber.hear(numbers.map((number) => `*3 $7 message $1 c $3 ${number} `).join(""));
  }
  closeAll([publisher!, ...subscribers]);
});

test("a scan has every key that was there all the time, while others are written", async () => {
  await using server = await serveWithWorkers();
  await using reader = await Client.connect(server.addr!);
  await using writer = await Client.connect(server.addr!);
  const kept = Array.from({ length: 2_000 }, (_, at) => `kept:${at}`);
  await Promise.all(kept.map((key) => writer.set(key, "v")));
  let scanning = true;
  const writing = (async () => {
    for (let i = 0; scanning; i++) {
      await Promise.all([writer.set(`new:${i}`, "v"), writer.delete(`new:${i - 50}`)]);
    }
  })();
  const seen = new Set((await Array.fromAsync(reader.scan())).map(textOf));
  scanning = false;
  await writing;
  assertEquals(kept.filter((key) => !seen.has(key)), []);
});

test("values of 1 and 16 MiB go there and back, also in parts of CAFE", async () => {
  await using server = await serveWithWorkers();
  await using client = await Client.connect(server.addr!);
  for (const size of [MIB, 16 * MIB]) {
    const value = new Uint8Array(size).map((_, at) => at * 7 + (at >> 13));
    await client.set("k", value);
    const got = (await client.get("k"))!;
    assert(got.length === size && got.every((byte, at) => byte === value[at]), `${size}`);
    await client.setStream("s", new Blob([value]).stream(), size);
    const streamed = await client.get("s");
    assert(streamed!.length === size && streamed!.every((byte, at) => byte === value[at]));
  }
});

test("requests that are cut at each byte are answered as if they were whole", async () => {
  await using server = await serveWithWorkers();
  const resp = utf8("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nvw\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
  const cafe = frame({ opcode: PING, id: 3, value: "whole" });
  for (const [bytes, expected] of [[resp, "+OK\r\n$2\r\nvw\r\n"], [cafe, "whole"]] as const) {
    const cuts = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1);
    await Promise.all(cuts.map(async (cut) => {
      using client = await RawClient.connect(server.addr!);
      const { counters } = server.services;
      const before = counters.bytesIn;
      await client.send(bytes.subarray(0, cut));
      await until(() => counters.bytesIn >= before + cut);
      await client.send(bytes.subarray(cut));
      await client.closeWrite();
      assertStringIncludes(textOf(await client.readAll()), expected);
    }));
  }
});

test("200 clients at once get their own replies, and what was not answered is at QUIT", async () => {
  await using server = await serveWithWorkers();
  const callers = await Caller.many(server, 200);
  await Promise.all(callers.map(async (caller, at) => {
    const count = 100;
    const lines = Array.from({ length: count }, (_, i) => `SET ${at} ${i}\r\nGET ${at}\r\n`);
    await caller.raw.send(utf8(`${lines.join("")}QUIT\r\n`));
    const text = textOf(await caller.raw.readAll());
    const expected = Array.from(
      { length: count },
      (_, i) => `+OK\r\n$${`${i}`.length}\r\n${i}\r\n`,
    );
    assertEquals(text, `${expected.join("")}+OK\r\n`);
  }));
  closeAll(callers);
  await until(() => server.services.counters.connections === 0);
});

test("CLIENT LIST has the addresses of the clients of all workers, and CLIENT KILL ends them", async () => {
  await using server = await serveWithWorkers();
  const [caller, ...others] = await Caller.many(server);
  for (const each of [caller!, ...others]) await each.call("PING", "+PONG ");
  const { clients } = server.services;
  const addresses = [...clients].map((client) => client.figures().address);
  assertEquals(new Set(addresses).size, MANY);
  await caller!.call("CLIENT KILL TYPE normal", `:${MANY - 1} `);
  for (const other of others) await other.raw.drain();
  await caller!.call("PING", "+PONG ");
  await caller!.call("CLIENT KILL ID 999", ":0 ");
  closeAll([caller!, ...others]);
});

test("a client that takes nothing is closed, its last reply too, and its worker has no socket of it", async () => {
  await using server = await serveWithWorkers({ softOutputTime: 50, softOutputSize: 1_000 });
  await using client = await Client.connect(server.addr!);
  await client.set("k", new Uint8Array(32 * MIB));
  using slow = await RawClient.connect(server.addr!);
  await slow.send(utf8("GET k\r\nQUIT\r\n"));
  await until(() => server.services.counters.connections === 2);
  await until(() => server.services.counters.connections === 1);
  await slow.drain();
});

test("what a client does not take counts for maxBufferMemory", async () => {
  await using server = await serveWithWorkers({ maxBufferMemory: 32 * MIB });
  await using client = await Client.connect(server.addr!);
  await client.set("k", new Uint8Array(1_000));
  using slow = await RawClient.connect(server.addr!);
  void slow.flood(utf8("GET k\r\n".repeat(100_000)));
  await until(() => server.services.system.bufferBytes > 65_536);
  slow.close();
  await until(() => server.services.counters.connections === 1);
  await until(() => server.services.system.bufferBytes < 65_536);
});

test("a client that resets its connection at any time leaves nothing behind", async () => {
  await using server = await serveWithWorkers();
  await using client = await Client.connect(server.addr!);
  await client.set("k", new Uint8Array(65_536));
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 10 }, async (_, at) => {
      using gone = await RawClient.connect(server.addr!);
      await gone.flood(utf8("GET k\r\n".repeat(round * at)));
      if (at % 2 === 0) await gone.flood(utf8("SET k"));
    }));
  }
  await until(() => server.services.counters.connections === 1);
  await assertAlive(server.addr!);
});

test("the port stays as it is, and who asks for another one is told so", async () => {
  await using server = await serveWithWorkers();
  using caller = await Caller.connect(server);
  await caller.raw.send(utf8("CONFIG SET port 1\r\nQUIT\r\n"));
  assertStringIncludes(textOf(await caller.raw.readAll()), "-ERR CONFIG SET failed");
  await assertAlive(server.addr!);
});

test("there are none on an address that somebody has, with workers or without, and not without TCP", async () => {
  await using server = await serveWithWorkers();
  const { port } = server.addr!;
  await assertRejects(() => serve({ port, workers: 1 }), Deno.errors.AddrInUse);
  await assertRejects(() => serve({ port }), Deno.errors.AddrInUse);
  for (const workers of [65, -1, 1.5]) {
    await assertRejects(() => serve({ port: 0, workers }), RangeError, `workers ${workers}`);
  }
  const unix = "none.sock";
  await assertRejects(() => serve({ tcp: false, unix, workers: 1 }), TypeError, "tcp is false");
});

Deno.test({
  name: "workers: without leave to read their modules there are none, and the error says so",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    await assertRejects(() => serve({ port: 0, workers: 1 }), WorkersError, "--allow-read=");
  },
});

/** Workers of a module of the tests, and what they tell. */
async function startWorkers(module: string, count: number) {
  const lines: string[] = [];
  const workers = await Workers.start({
    ...{ count, hostname: "127.0.0.1", port: 0 },
    log: (line) => lines.push(line),
    module: new URL(module, import.meta.url),
  });
  return { workers, lines };
}

/** Sends back what comes; resolves to how it ended. */
async function echo(socket: RingSocket): Promise<string> {
  const room = new Uint8Array(1_024);
  try {
    for (let size; (size = await socket.read(room)) !== null;) {
      await socket.write(room.subarray(0, size));
    }
    return "end";
  } catch (cause) {
    return (cause as Error).name;
  } finally {
    socket.close();
  }
}

test("one that fails loses its connections and no others, and another one takes its place", async () => {
  const { workers, lines } = await startWorkers("./crashing_worker.ts", 2);
  const endings: Promise<string>[] = [];
  workers.serve({ onSocket: (socket) => void endings.push(echo(socket)) });
  const connect = () => RawClient.connect(workers.addr);
  const clients = await Promise.all(Array.from({ length: 16 }, connect));
  const answers = async (client: RawClient) => {
    if (!await client.flood(utf8("hello"))) return false;
    return await client.readExactly(5).then((bytes) => textOf(bytes) === "hello", () => false);
  };
  for (const client of clients) assert(await answers(client));
  await clients[0]!.send(utf8("CRASH"));
  await until(() => lines.length > 0);
  const alive = await Promise.all(clients.slice(1).map(answers));
  const lost = Number(/; its (\d+) connections are lost/.exec(lines[0]!)?.[1]);
  assertEquals(alive.filter((isAlive) => !isAlive).length, lost - 1);
  assertStringIncludes(lines[0]!, "failed: Uncaught Error: a defect");
  assertStringIncludes(lines[0]!, "starting another in 100 ms");
  for (const client of clients) client.close();
  const ends = await Promise.all(endings);
  assertEquals(ends.filter((name) => name === "ConnectionReset").length, lost);
  // Whichever worker it is given to.
  for (let i = 0; i < 16; i++) {
    using client = await connect();
    assert(await answers(client));
  }
  await workers.stopAccepting();
  await workers.close();
  await Promise.all(endings);
});

test("one that took the place of another accepts no more, either, once that is said", async () => {
  const { workers, lines } = await startWorkers("./crashing_worker.ts", 1);
  const sockets: RingSocket[] = [];
  workers.serve({ onSocket: (socket) => void sockets.push(socket) });
  using first = await RawClient.connect(workers.addr);
  await until(() => sockets.length === 1);
  const read = sockets[0]!.read(new Uint8Array(16));
  await first.send(utf8("CRASH"));
  await read.catch(() => {}); // It may be told before the worker ends.
  await until(() => lines.length === 1);
  (await connectAgain(workers.addr)).close();
  await workers.stopAccepting();
  await assertRejects(() => RawClient.connect(workers.addr), Deno.errors.ConnectionRefused);
  await workers.close();
});

/** Connects as soon as somebody listens again. */
async function connectAgain(address: Deno.NetAddr): Promise<RawClient> {
  for (;;) {
    try {
      return await RawClient.connect(address);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.ConnectionRefused)) throw cause;
    }
  }
}

test("one that sends what is no message is ended, and another one is started", async () => {
  const { workers, lines } = await startWorkers("./babbling_worker.ts", 1);
  workers.serve({ onSocket() {} });
  await until(() => lines.length >= 2);
  assertStringIncludes(lines[0]!, "defect: RingError: Cannot take message: there is no kind 99");
  assertStringIncludes(lines[1]!, "worker 1 failed: Cannot take message");
  await workers.close();
});

test("one that cannot be loaded is an error of the start", async () => {
  await assertRejects(() => startWorkers("./no_worker.ts", 2), Error);
});
