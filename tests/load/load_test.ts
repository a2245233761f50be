import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { connectSocket } from "../../lib/client/mod.ts";
import { CAFE, Load, LoadError, type LoadOptions, RESP } from "../../lib/load/mod.ts";
import { serve, type ServeOptions, type Server } from "../../lib/server/mod.ts";
import { VirtualServer } from "./virtual.ts";

const PURE = { permissions: "none" } as const;
const HOST = "127.0.0.1";

function start(options: Partial<ServeOptions> = {}): Promise<Server> {
  return serve({ hostname: HOST, port: 0, ...options });
}

function connect(port: number, options: LoadOptions): Promise<Load> {
  return Load.connect((signal) => connectSocket({ hostname: HOST, port }, signal), options);
}

const SMALL = { connections: 3, depth: 7, keys: 50, valueSize: [0, 200] } as const;

for (const protocol of [CAFE, RESP]) {
  const { name } = protocol;

  Deno.test(`${name}: a load sends exactly the requests that it is asked for, and reads what it stored`, async () => {
    await using server = await start();
    const mix = { GET: 5, SET: 2, INCR: 1, PING: 1 };
    using load = await connect(server.addr!.port, { ...SMALL, protocol, mix, verify: true });
    const filled = await load.fill();
    const { requests, errors, misses, latency, time } = await load.run({ count: 2_000 });
    assertEquals([filled.requests, filled.errors.size], [50, 0]);
    assertEquals([requests, errors.size, misses, latency.count], [2_000, 0, 0, 2_000]);
    assert(time > 0 && latency.min > 0);
  });

  Deno.test(`${name}: a load counts keys that are not there`, async () => {
    await using server = await start();
    using load = await connect(server.addr!.port, { ...SMALL, protocol, mix: { GET: 1 } });
    const { requests, misses } = await load.run({ count: 100 });
    assertEquals([requests, misses], [100, 100]);
  });

  Deno.test(`${name}: a load counts errors by their code, and goes on`, async () => {
    await using server = await start({ maxMemory: 1 });
    using load = await connect(server.addr!.port, { ...SMALL, protocol, mix: { SET: 1 } });
    const { requests, errors, errorCount } = await load.run({ count: 100 });
    // The first entry has room, since none is there before it.
    assertEquals([requests, errorCount, errors.size], [100, 99, 1]);
    assertEquals([...errors.keys()], [protocol === CAFE ? "OUT_OF_MEMORY" : "OOM"]);
    assertEquals(load.failure, undefined);
  });

  Deno.test(`${name}: a load that verifies tells values of somebody else`, async () => {
    await using server = await start();
    const { port } = server.addr!;
    using other = await connect(port, { ...SMALL, protocol, seed: 2 });
    await other.fill();
    using load = await connect(port, { ...SMALL, protocol, mix: { GET: 1 }, verify: true });
    const { errors } = await load.run({ count: 100 });
    assert(errors.get("WRONG_VALUE")!.count > 90);
  });

  Deno.test(`${name}: a load logs in, and tells when it is refused`, async () => {
    await using server = await start({ password: "right" });
    const { port } = server.addr!;
    const withPassword = (password: string) => {
      const utf8 = new TextEncoder();
      const credentials = { user: utf8.encode("default"), password: utf8.encode(password) };
      return connect(port, { ...SMALL, protocol, credentials, mix: { PING: 1 } });
    };
    using load = await withPassword("right");
    assertEquals((await load.run({ count: 10 })).errorCount, 0);
    const refused = await assertRejects(() => withPassword("wrong"), LoadError);
    assert(refused.message.startsWith("the server refuses the login: "), refused.message);
  });

  Deno.test(`${name}: an open loop sends what is due in its time`, async () => {
    await using server = await start();
    using load = await connect(server.addr!.port, { ...SMALL, protocol, mix: { PING: 1 } });
    const { requests, unsent, time, errorCount, lateness } = await load.run({
      rate: 500,
      duration: 200,
    });
    assertEquals([requests + unsent, errorCount, lateness.count], [100, 0, requests]);
    assert(time >= 190);
  });

  Deno.test(`${name}: a load ends when the server does, with what it has counted`, async () => {
    const server = await start();
    using load = await connect(server.addr!.port, { ...SMALL, protocol, mix: { PING: 1 } });
    const running = load.run({});
    while (load.tally.requests < 100) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.shutdown();
    assert((await running).requests >= 100);
    assert(load.failure instanceof LoadError);
  });

  Deno.test(`${name}: a signal ends a load, in a closed loop and in an open one`, async () => {
    await using server = await start();
    using load = await connect(server.addr!.port, { ...SMALL, protocol, mix: { PING: 1 } });
    for (const rate of [undefined, 1_000]) {
      const stop = new AbortController();
      const running = load.run({ rate }, stop.signal);
      while (load.tally.requests < 20) await new Promise((resolve) => setTimeout(resolve, 5));
      stop.abort();
      const { requests, unsent } = await running;
      assert(requests >= 20 && Number.isFinite(unsent));
      assertEquals(load.failure, undefined);
    }
  });
}

/** A server that does something with each connection. */
function listen(serveOne: (conn: Deno.Conn) => Promise<unknown>): Deno.TcpListener {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  (async () => {
    for await (const conn of listener) {
      serveOne(conn).catch(() => {}).finally(() => conn.close());
    }
  })();
  return listener;
}

async function readAll(conn: Deno.Conn): Promise<void> {
  const room = new Uint8Array(1_024);
  while (await conn.read(room) !== null);
}

Deno.test("a load fails on rubbish, and says what and where", async () => {
  using listener = listen(async (conn) => {
    await conn.write(new TextEncoder().encode("+PONG\r\nHTTP/1.1 400 Bad Request\r\n"));
    await readAll(conn);
  });
  const options = { connections: 1, depth: 2, protocol: RESP, mix: { PING: 1 } };
  using load = await connect(listener.addr.port, options);
  const { requests } = await load.run({ count: 10 });
  assertEquals(requests, 1);
  assertEquals(
    load.failure?.message,
    'the server sent what is no reply: "HTTP/1.1 400 Bad Request\\r\\n" is no reply to a request of a load, ' +
      "at offset 7",
  );
});

Deno.test("a load fails on a reply that nobody asked for", async () => {
  using listener = listen(async (conn) => {
    await conn.write(new TextEncoder().encode("+PONG\r\n+PONG\r\n"));
    await readAll(conn);
  });
  const options = { connections: 1, protocol: RESP, mix: { PING: 1 } };
  using load = await connect(listener.addr.port, options);
  await load.run({ count: 10 });
  assertEquals(load.failure?.message, "the server sent a reply that nobody asked for");
});

Deno.test("a load counts replies of the wrong kind", async () => {
  using listener = listen(async (conn) => {
    await conn.write(new TextEncoder().encode(":1\r\n"));
    await readAll(conn);
  });
  using load = await connect(listener.addr.port, {
    connections: 1,
    protocol: RESP,
    mix: { PING: 1 },
  });
  const { errors } = await load.run({ count: 1 });
  assertEquals([...errors], [["UNEXPECTED_REPLY", {
    count: 1,
    message: "reply INTEGER answers another request",
  }]]);
});

Deno.test("a load gives up a server that does not answer in time", async () => {
  using listener = listen(readAll);
  for (const rate of [undefined, 100]) {
    using load = await connect(listener.addr.port, { ...SMALL, timeout: 100 });
    const { requests } = await load.run({ count: 50, rate });
    assertEquals(requests, 0);
    assertEquals(load.failure?.message, "a reply did not come within 100 ms (option timeout)");
  }
});

Deno.test("a load does not begin where nobody listens", async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  const refused = await assertRejects(() => connect(port, SMALL), LoadError);
  assert(refused.cause instanceof Deno.errors.ConnectionRefused);
});

Deno.test("a load refuses numbers that it cannot do", PURE, async () => {
  const never = () => Promise.reject(new Error("it connects"));
  const wrong: LoadOptions[] = [{ connections: 0 }, { depth: 0 }, { depth: 1e6 }, { keys: 0 }];
  for (const options of wrong) {
    await assertRejects(() => Load.connect(never, options), RangeError);
  }
  using load = await new VirtualServer([0, 0]).connect({ connections: 1 });
  await assertRejects(() => load.run({ rate: 0 }), RangeError);
  await assertRejects(() => load.run({ count: 0.5 }), RangeError);
});

for (const depth of [1, 1_000]) {
  Deno.test(
    `an open loop counts latency from when a request was due, at depth ${depth}`,
    PURE,
    async () => {
      // A pause of 100 ms: of the requests that are due in it, each waits for its end.
      using load = await new VirtualServer([200, 300]).connect({ connections: 1, depth });
      const { requests, latency, lateness, unsent } = await load.run({
        rate: 1_000,
        duration: 1_000,
      });
      assertEquals([requests, unsent], [1_000, 0]);
      assertAlmostEquals(latency.max / 1e6, 100, 1.5);
      assertAlmostEquals(latency.percentile(95) / 1e6, 50, 2);
      assertEquals(latency.percentile(89), 0);
      // What cannot be sent because too many are on their way is late as well.
      assertAlmostEquals(lateness.max / 1e6, depth === 1 ? 99 : 0, 1.5);
    },
  );
}

Deno.test("a closed loop counts a pause once, which an open one does not", PURE, async () => {
  using load = await new VirtualServer([200, 300], 1).connect({ connections: 1 });
  const { latency } = await load.run({ duration: 1_000 });
  assertEquals([...latency.buckets()].filter(({ to }) => to > 2e6).length, 1);
  assertAlmostEquals(latency.max / 1e6, 101, 1.5);
  assertAlmostEquals(latency.percentile(99) / 1e6, 1, 0.02);
});

Deno.test("an open loop spreads its requests evenly over time and connections", PURE, async () => {
  const server = new VirtualServer([0, 0]);
  using load = await server.connect({ connections: 4 });
  const { requests, lateness } = await load.run({ rate: 400, count: 100 });
  assertEquals([requests, lateness.max], [100, 0]);
  assertAlmostEquals(server.now(), 250, 5);
});

Deno.test("an open loop takes its time, when all is answered before it is over", PURE, async () => {
  const server = new VirtualServer([0, 0]);
  using load = await server.connect({ connections: 2 });
  const { requests, time, rate } = await load.run({ rate: 1, duration: 2_000 });
  assertEquals([requests, time, rate], [2, 2_000, 1]);
  assertEquals((await load.run({ rate: 1, count: 2 })).time, 1_000);
});

Deno.test("what an open loop could not send in its time is counted as not sent", PURE, async () => {
  using load = await new VirtualServer([500, 2_000]).connect({ connections: 1, depth: 10 });
  const running = load.run({ rate: 1_000, duration: 1_000 });
  while (load.tally.unsent === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(load.tally.unsent, 1_000 - 510);
  load[Symbol.dispose]();
  assertEquals((await running).requests, 500);
});
