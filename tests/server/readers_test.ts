import { Client } from "../../lib/client/mod.ts";
import { GET } from "../../lib/server/plain/gets.ts";
import { admitReaders, countAnswered } from "../../lib/server/readers.ts";
import {
  newServices,
  parseUsers,
  serve,
  type ServeOptions,
  type Server,
} from "../../lib/server/mod.ts";
import { Databases } from "../../lib/store/mod.ts";
import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";
import { frame } from "./frames.ts";
import { until } from "./raw_client.ts";
import { Caller, closeAll, plainGet } from "./workers/caller.ts";

const PERMISSIONS: Deno.PermissionOptions = { net: ["127.0.0.1", "localhost"], read: true };

function testServices(name: string, fn: () => void): void {
  Deno.test({ name: `readers in workers ${name}`, permissions: "none", fn });
}

function testServer(name: string, fn: (server: Server) => Promise<void>, options?: ServeOptions) {
  Deno.test({
    name: `readers in workers: ${name}`,
    permissions: PERMISSIONS,
    async fn() {
      await using server = await serve({ port: 0, workers: 2, ...options });
      await fn(server);
    },
  });
}

testServices(
  "are let in unless somebody wants to know of each request, and again when nobody does",
  () => {
    const services = newServices({ databases: new Databases({ shared: true }) });
    const { databases, settings, events, monitors, limits } = services;
    const closedWhile = (begin: () => void, end: () => void) => {
      begin();
      admitReaders(services);
      const { closed } = databases.sections!;
      end();
      admitReaders(services);
      assert(!databases.sections!.closed);
      return closed;
    };
    admitReaders(services);
    assert(!databases.sections!.closed);
    const monitor = { observe() {} };
    assert(closedWhile(() => monitors.add(monitor), () => monitors.delete(monitor)));
    for (const policy of ["allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu"] as const) {
      const set = () => settings.maxMemoryPolicy = policy;
      assert(closedWhile(set, () => settings.maxMemoryPolicy = "noeviction"), policy);
    }
    const random = () => settings.maxMemoryPolicy = "allkeys-random";
    assert(!closedWhile(random, () => settings.maxMemoryPolicy = "noeviction"));
    assert(closedWhile(() => events.flags = 1 << 11, () => events.flags = 0));
    assert(!closedWhile(() => events.flags = 1 << 3, () => events.flags = 0));
    assert(closedWhile(() => settings.required = ["CHECKSUM"], () => settings.required = []));
    assert(closedWhile(() => settings.slowerThan = 0, () => settings.slowerThan = 10_000));
    assert(!closedWhile(() => settings.slowerThan = -1, () => settings.slowerThan = 10_000));
    const longest = limits.maxBulkSize;
    assert(closedWhile(() => limits.maxBulkSize = 1_000, () => limits.maxBulkSize = longest));
  },
);

testServices("change nothing where the store is not shared", () => {
  const services = newServices();
  admitReaders(services);
  assertEquals(services.databases.sections, undefined);
});

testServices("are counted as requests that the owner has answered", () => {
  const { counters, statistics, ...rest } = newServices();
  const sink = countAnswered({ counters, statistics, ...rest });
  sink.onAnswers({ protocol: "resp", hits: 5, misses: 2 });
  sink.onAnswers({ protocol: "cafe", hits: 1, misses: 0 });
  sink.onAnsweredBytes({ writes: 3, bytesIn: 100, bytesOut: 200 });
  const buckets = new Float64Array(896);
  buckets[3] = 7;
  sink.onAnswerTimes({ protocol: "resp", buckets, micros: 9 });
  const { requests, hits, misses, reads, writes, bytesIn, bytesOut } = counters;
  assertEquals([requests, hits, misses, reads, writes], [8, 6, 2, 3, 3]);
  assertEquals([bytesIn, bytesOut], [100, 200]);
  assertEquals([statistics.resp.requests, statistics.cafe.requests], [7, 1]);
  const { calls, times } = statistics.resp.of(GET);
  assertEquals([calls, times.count, times.sum], [7, 7, 9]);
  assertEquals(statistics.commands.get("cafe|get")?.calls, 1);
  for (let i = 0; i < 100; i++) sink.onKey(utf8("hot"), 3);
  const [hot] = statistics.hotKeys.top(1);
  assertEquals([textOf(hot!.key), hot!.database], ["hot", 3]);
});

/** How many keys the owner of the store has looked up since for GETs. */
function ownersLooks(server: Server): { count: number } {
  const store = server.services.databases.at(0);
  const looks = { count: 0 };
  const get = store.get.bind(store);
  store.get = (key) => {
    looks.count++;
    return get(key);
  };
  return looks;
}

/** Sends the same GET many times, one after the other. */
async function getMany(caller: Caller, key: string, count: number, expected: string) {
  for (let i = 0; i < count; i++) {
    await caller.raw.send(plainGet(key));
    await caller.hear(expected, `GET ${key}`);
  }
}

testServer("answer plain GETs of RESP and CAFE, and all figures have them", async (server) => {
  using caller = await Caller.connect(server);
  await caller.call("SET k value", "+OK ");
  const looks = ownersLooks(server);
  const { counters } = server.services;
  const before = { ...counters };
  await getMany(caller, "k", 100, "$5 value ");
  await getMany(caller, "none", 10, "$-1 ");
  await caller.call("PING", "+PONG ");
  assertEquals(looks.count, 0);
  assertEquals(counters.requests - before.requests, 111);
  assertEquals([counters.hits - before.hits, counters.misses - before.misses], [100, 10]);
  assertEquals(counters.bytesIn - before.bytesIn, 100 * 20 + 10 * 23 + 6);
  assertEquals(counters.bytesOut - before.bytesOut, 100 * 11 + 10 * 5 + 7);
  assertEquals(server.services.statistics.resp.of(GET).calls, 110);
  await until(() => server.services.statistics.resp.of(GET).times.count === 110);

  await using client = await Client.connect(server.addr!);
  for (let i = 0; i < 50; i++) assertEquals(textOf((await client.get("k"))!), "value");
  assertEquals(await client.get("none"), undefined);
  assertEquals(looks.count, 1); // Before the first bytes the protocol is not known.
});

testServer(
  "answer in the version of RESP and from the database that the client has chosen",
  async (server) => {
    using caller = await Caller.connect(server);
    await caller.call("SET k zero", "+OK ");
    await caller.call("SELECT 3", "+OK ");
    await caller.call("SET k three", "+OK ");
    await getMany(caller, "k", 3, "$5 three ");
    await getMany(caller, "none", 3, "$-1 ");
    await caller.call("SELECT 0", "+OK ");
    await getMany(caller, "k", 3, "$4 zero ");
    await caller.call("SWAPDB 0 3", "+OK ");
    await getMany(caller, "k", 3, "$5 three ");
    await caller.raw.send(utf8("HELLO 3\r\n"));
    while (await caller.raw.readLine() !== "*0"); // There are no modules, and they come last.
    await getMany(caller, "none", 3, "_ ");
  },
);

testServer("see what was acknowledged to any client, at once", async (server) => {
  const [writer, ...readers] = await Caller.many(server, 4);
  for (const reader of readers) await reader.call("PING", "+PONG ");
  for (let i = 100; i < 400; i++) {
    await writer!.call(`SET k ${i}`, "+OK ");
    for (const reader of readers) await getMany(reader, "k", 1, `$3 ${i} `);
  }
  await writer!.call("DEL k", ":1 ");
  for (const reader of readers) await getMany(reader, "k", 1, "$-1 ");
  closeAll([writer!, ...readers]);
});

for (
  const [name, together] of [
    ["MSET", (i: number) => `MSET a ${i} b ${i}\r\n`],
    ["a transaction", (i: number) => `MULTI\r\nSET a ${i}\r\nSET b ${i}\r\nEXEC\r\n`],
    [
      "a transaction of RENAMEs",
      (i: number) => `MULTI\r\nSET t ${i}\r\nRENAME t a\r\nSET t ${i}\r\nRENAME t b\r\nEXEC\r\n`,
    ],
  ] as const
) {
  testServer(`see what ${name} changes all together`, async (server) => {
    using writer = await Caller.connect(server);
    using reader = await Caller.connect(server);
    await writer.call("MSET a 10000 b 10000", "+OK ");
    await reader.call("PING", "+PONG ");
    let writing = true;
    const done = (async () => {
      for (let i = 10_001; i < 14_000; i += 50) {
        const batch = Array.from({ length: 50 }, (_, at) => together(i + at)).join("");
        await writer.raw.send(utf8(`${batch}ECHO done\r\n`));
        while (!(await writer.raw.readLine()).endsWith("done"));
      }
      writing = false;
    })();
    const pair = utf8(textOf(plainGet("a")) + textOf(plainGet("b"))).slice();
    let seen = 0;
    while (writing) {
      await reader.raw.send(pair);
      const [a, b] = [
        textOf(await reader.raw.readExactly(11)),
        textOf(await reader.raw.readExactly(11)),
      ];
      const [first, second] = [Number(a.slice(4, 9)), Number(b.slice(4, 9))];
      assertGreaterOrEqual(second, first);
      assertGreaterOrEqual(first, seen);
      seen = second;
    }
    await done;
    await getMany(reader, "a", 1, "$5 14000 ");
  });
}

testServer("leave every request to be seen by who watches all", async (server) => {
  using caller = await Caller.connect(server);
  using monitor = await Caller.connect(server);
  await caller.call("SET k v", "+OK ");
  await getMany(caller, "k", 20, "$1 v ");
  await monitor.call("MONITOR", "+OK ");
  await getMany(caller, "k", 20, "$1 v ");
  for (let i = 0; i < 20; i++) assert((await monitor.raw.readLine()).endsWith('"GET" "k"'));
  const looks = ownersLooks(server);
  await monitor.call("RESET", "+RESET ");
  await getMany(caller, "k", 20, "$1 v ");
  assertEquals(looks.count, 0);
});

testServer("leave to the owner what waits for more than a reply", async (server) => {
  const [caller, other] = await Caller.many(server, 2);
  await caller!.call("SET k v", "+OK ");
  const looks = ownersLooks(server);
  await caller!.call("MULTI", "+OK ");
  await getMany(caller!, "k", 2, "+QUEUED ");
  await caller!.call("EXEC", "*2 $1 v $1 v ");
  await caller!.call("WATCH k", "+OK ");
  await getMany(caller!, "k", 2, "$1 v ");
  await other!.call("SET k w", "+OK ");
  await caller!.call("MULTI", "+OK ");
  await getMany(caller!, "k", 2, "+QUEUED ");
  await caller!.call("EXEC", "*-1 ");
  assertEquals(looks.count, 4);
  await caller!.raw.send(utf8("CLIENT REPLY OFF\r\n"));
  for (let i = 0; i < 5; i++) await caller!.raw.send(plainGet("k"));
  await caller!.call("CLIENT REPLY ON", "+OK ");
  await caller!.call("SUBSCRIBE c", "*3 $9 subscribe $1 c :1 ");
  await caller!.raw.send(plainGet("k"));
  assert((await caller!.raw.readLine()).startsWith("-ERR Can't execute 'get'"));
  closeAll([caller!, other!]);
});

testServer(
  "leave an entry that has expired, one that is large, and a miss that is announced",
  async (server) => {
    const [caller, listener] = await Caller.many(server, 2);
    await caller!.call("SET short v PX 20", "+OK ");
    const until = performance.now() + 25;
    while (performance.now() < until) await caller!.call("PING", "+PONG ");
    await getMany(caller!, "short", 2, "$-1 ");
    const value = "v".repeat(40_000);
    await caller!.call(`SET large ${value}`, "+OK ");
    await getMany(caller!, "large", 2, `$40000 ${value} `);
    await caller!.call("CONFIG SET notify-keyspace-events Em", "+OK ");
    await listener!.call(
      "SUBSCRIBE __keyevent@0__:keymiss",
      "*3 $9 subscribe $22 __keyevent@0__:keymiss :1 ",
    );
    await getMany(caller!, "none", 3, "$-1 ");
    const message = "*3 $7 message $22 __keyevent@0__:keymiss $4 none ";
    await listener!.hear(message.repeat(3));
    closeAll([caller!, listener!]);
  },
);

testServer("find all keys while the store grows, moves and is emptied", async (server) => {
  const [writer, reader] = await Caller.many(server, 2);
  await reader!.call("PING", "+PONG ");
  for (let round = 0; round < 3; round++) {
    for (let from = 10_000; from < 30_000; from += 500) {
      const keys = Array.from({ length: 500 }, (_, at) => `${from + at}`);
      const sets = keys.map((key) => `SET ${key} ${key.repeat(1 + round * 20)}\r\n`).join("");
      await writer!.raw.send(utf8(sets));
      await writer!.hear("+OK ".repeat(500));
      const asked = keys.filter((_, at) => at % 50 === 0);
      await reader!.raw.send(utf8(asked.map((key) => textOf(plainGet(key))).join("")));
      const answer = (key: string) => `$${5 * (1 + round * 20)} ${key.repeat(1 + round * 20)} `;
      await reader!.hear(asked.map(answer).join(""));
    }
    if (round === 1) await writer!.call("FLUSHALL", "+OK ");
    if (round === 1) await getMany(reader!, "10000", 2, "$-1 ");
  }
  closeAll([writer!, reader!]);
});

testServer(
  "answer nothing that a user may not read, and nothing before a login",
  async (server) => {
    using guest = await Caller.connect(server);
    server.services.databases.at(0).set(utf8("app:k"), utf8("v"));
    server.services.databases.at(0).set(utf8("other"), utf8("v"));
    await guest.call("PING", "+PONG ");
    await getMany(guest, "app:k", 3, "$1 v ");
    for (let i = 0; i < 3; i++) {
      await guest.raw.send(plainGet("other"));
      assert((await guest.raw.readLine()).startsWith("-NOPERM"));
    }
  },
  { users: parseUsers('{"users": {"default": {"commands": ["@all"], "keys": ["app:"]}}}') },
);

testServer("answer nothing without the password", async (server) => {
  using caller = await Caller.connect(server);
  for (let i = 0; i < 3; i++) {
    await caller.raw.send(plainGet("k"));
    assertEquals(await caller.raw.readLine(), "-NOAUTH Authentication required.");
  }
  await caller.call("AUTH secret", "+OK ");
  await getMany(caller, "k", 3, "$-1 ");
}, { password: "secret" });

testServer("do not make a client seem idle whose requests they answer", async (server) => {
  using caller = await Caller.connect(server);
  await caller.call("SET k v", "+OK ");
  const end = performance.now() + 1_200;
  while (performance.now() < end) await getMany(caller, "k", 10, "$1 v ");
  await caller.call("CLIENT NO-EVICT off", "+OK ");
  const [client] = server.services.clients;
  assertGreater(client!.figures().lastActive, Date.now() - 300);
}, { limits: { idleTimeout: 400 } });

testServer("tell what the last request of a client was", async (server) => {
  using caller = await Caller.connect(server);
  await caller.call("SET k v", "+OK ");
  const [client] = server.services.clients;
  assertEquals(client!.figures().command, "set");
  await getMany(caller, "k", 5, "$1 v ");
  await until(() => client!.figures().command === "get");
  await caller.call("PING", "+PONG ");
  assertEquals(client!.figures().command, "ping");
});

testServer("leave frames of CAFE that want more than a value", async (server) => {
  using caller = await Caller.connect(server);
  const { raw } = caller;
  server.services.databases.at(0).set(utf8("k"), utf8("v"));
  server.services.databases.at(0).set(utf8("t"), utf8("v"), Date.now() + 60_000);
  await raw.call(frame({ opcode: 4 }));
  const plain = await raw.call(frame({ opcode: 1, key: "k", id: 9 }));
  assertEquals([plain.type, plain.id, textOf(plain.value)], ["OK", 9, "v"]);
  const summed = await raw.call(frame({ opcode: 1, key: "k", checksum: true }));
  assertEquals([summed.type, summed.flags & 4], ["OK", 4]);
  const versioned = await raw.call(frame({ opcode: 1, key: "k", entryVersion: 0 }));
  assertEquals([versioned.type, versioned.flags & 0x40], ["OK", 0x40]);
  const expiring = await raw.call(frame({ opcode: 1, key: "t" }));
  assertEquals([expiring.type, expiring.flags & 0x20], ["OK", 0x20]);
});

testServer("end with the server, and clients have whole answers", async (server) => {
  const callers = await Caller.many(server);
  for (const caller of callers) await caller.call("SET k value", "+OK ");
  const request = utf8(textOf(plainGet("k")).repeat(50));
  const ends = callers.map(async (caller) => {
    const flood = (async () => {
      while (await caller.raw.flood(request));
    })();
    const text = textOf(await caller.raw.readAll());
    caller.raw.close();
    await flood;
    assertEquals(text.replaceAll("$5\r\nvalue\r\n", ""), "");
    return text.length;
  });
  await until(() => server.services.counters.hits > 1_000);
  await server.shutdown();
  const lengths = await Promise.all(ends);
  assertGreater(lengths.reduce((sum, length) => sum + length, 0), 10_000);
});
