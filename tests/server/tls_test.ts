import { Client } from "../../lib/client/mod.ts";
import {
  HandshakeReport,
  type Limits,
  serve,
  type Server,
  TlsError,
  type TlsOptions,
} from "../../lib/server/mod.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect as connectNode } from "node:tls";
import { caCerts, FIRST, type Pair, replace, SECOND, withPair } from "../tls/files.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import { assertAlive, RawClient, until } from "./raw_client.ts";

function test(name: string, fn: () => Promise<void>): void {
  const permissions = { net: ["127.0.0.1", "localhost"], read: true, write: true };
  Deno.test({ name: `serve with TLS ${name}`, permissions, fn });
}

const HOST = "127.0.0.1";

/** A server that speaks TLS alone. */
function start(pair: Pair, limits: Limits = {}, log: string[] = []): Promise<Server> {
  return serve({ tcp: false, tls: pair, limits, log: (line) => log.push(line) });
}

function connect(server: Server, serverName?: string): Promise<Client> {
  const { port } = server.tlsAddr!;
  const tls = { caCerts: caCerts(), serverName };
  return Client.connect({ hostname: HOST, port, tls }, { reconnect: false });
}

/** Talks in RESP until the server closes. */
async function talk(port: number, command: string): Promise<string> {
  using conn = await Deno.connectTls({ hostname: HOST, port, caCerts: caCerts() });
  await conn.write(utf8(`${command}\r\nQUIT\r\n`));
  let text = "";
  const room = new Uint8Array(4_096);
  for (let size = await conn.read(room); size !== null; size = await conn.read(room)) {
    text += textOf(room.subarray(0, size));
  }
  return text;
}

/** Whose certificate new connections see. */
async function subjectOf({ tlsAddr }: Server): Promise<string> {
  const options = { host: HOST, port: tlsAddr!.port, ca: caCerts() };
  const socket = connectNode(options);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
    });
    return `${socket.getPeerCertificate().subject.CN}`;
  } finally {
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.destroy();
    await closed;
  }
}

test("answers CAFE and RESP on its own port, beside TCP or alone", async () => {
  for (const tcp of [true, false]) {
    await using server = await serve({ port: 0, tcp, tls: FIRST });
    assertEquals(server.addr !== undefined, tcp);
    await using client = await connect(server);
    await client.set("greeting", "hello");
    assertEquals(await talk(server.tlsAddr!.port, "GET greeting"), "$5\r\nhello\r\n+OK\r\n");
    if (tcp) await assertAlive(server.addr!);
  }
});

test("carries a value of 4 MiB there and back, and ends with GOAWAY at a shutdown", async () => {
  await using server = await start(FIRST);
  await using client = await connect(server, "localhost");
  const value = new Uint8Array(4_194_304).map((_, at) => at * 7);
  assertEquals(await client.ping(value), value);
  await server.shutdown();
});

test("answers what a peer has sent that has ended its side, and then ends its own", async () => {
  await using server = await start(FIRST);
  const { port } = server.tlsAddr!;
  using conn = await Deno.connectTls({ hostname: HOST, port, caCerts: caCerts() });
  await conn.write(utf8("PING\r\n"));
  await conn.closeWrite();
  const room = new Uint8Array(16);
  assertEquals(textOf(room.subarray(0, (await conn.read(room))!)), "+PONG\r\n");
  assertEquals(await conn.read(room), null);
});

test("names the option and the file that is wrong", async () => {
  await withPair(async (pair, directory) => {
    const wrong: readonly (readonly [Partial<TlsOptions>, string])[] = [
      [{ certificate: `${directory}/none` }, `Cannot use certificate ${directory}/none: No such`],
      [{ key: `${directory}/none` }, `Cannot use key ${directory}/none: No such`],
      [{ key: SECOND.key }, `Cannot use key ${SECOND.key}: it is not the key of ${directory}`],
      [{ certificate: pair.key }, "server.key: it has no certificate in PEM"],
      [{ key: pair.certificate }, "server.crt: it has no unencrypted private key in PEM"],
    ];
    for (const [options, message] of wrong) {
      await assertRejects(() => start({ ...pair, ...options }), TlsError, message);
    }
    await Deno.writeTextFile(
      pair.key,
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    );
    await assertRejects(() => start(pair), TlsError, "Cannot use key");
    const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    await Deno.writeTextFile(pair.certificate, damaged);
    await replace({ ...pair, certificate: `${directory}/other` }, FIRST);
    await assertRejects(() => start(pair), TlsError, "Cannot use certificate");
  });
});

test("lets peers connect that never shake hands, serves others, and ends them in time", async () => {
  const log: string[] = [];
  await using server = await start(FIRST, { handshakeTimeout: 200 }, log);
  const silent = await Promise.all(
    Array.from({ length: 5 }, () => RawClient.connect(server.tlsAddr!)),
  );
  await using client = await connect(server);
  await client.ping();
  await until(() => server.services.counters.connections === 1);
  assertEquals(log.length, 1);
  assertStringIncludes(log[0]!, "TLS handshake failed: it took longer than 200 ms");
  for (const peer of silent) peer.close();
});

test("ends at once at a shutdown, also where nobody has shaken hands", async () => {
  await using server = await start(FIRST);
  using _ = await RawClient.connect(server.tlsAddr!);
  await until(() => server.services.counters.connections === 1);
  await server.shutdown();
});

test("answers plain bytes with an alert, and goes on", async () => {
  const log: string[] = [];
  await using server = await start(FIRST, {}, log);
  for (let i = 0; i < 20; i++) {
    using peer = await RawClient.connect(server.tlsAddr!);
    await peer.send(utf8("PING\r\n"));
    const alert = await peer.readAll();
    assertEquals(alert.subarray(0, 5), Uint8Array.of(21, 3, 3, 0, 2));
  }
  await using client = await connect(server);
  await client.ping();
  assertEquals(log.length, 1);
  assertStringIncludes(log[0]!, "the peer does not speak TLS");
});

test("refuses connections over the limit in both protocols", async () => {
  await using server = await start(FIRST, { maxConnections: 1 });
  await using first = await connect(server);
  await first.ping();
  const { port } = server.tlsAddr!;
  assertStringIncludes(await talk(port, "PING"), "-ERR max number of clients reached");
  await using second = await connect(server);
  await assertRejects(() => second.ping());
});

test("is refused by a client that does not trust it, or wants another name", async () => {
  await using server = await start(FIRST);
  const { port } = server.tlsAddr!;
  const untrusted = Client.connect({ hostname: HOST, port, tls: true }, { reconnect: false });
  await assertRejects(() => untrusted, Error, "UnknownIssuer");
  await assertRejects(
    () => connect(server, "example.com"),
    Error,
    "certificate not valid for name",
  );
});

test("shows a new certificate after a reload, and what is connected goes on", async () => {
  await withPair(async (pair) => {
    await using server = await start(pair);
    const { port } = server.tlsAddr!;
    await using client = await connect(server);
    await client.ping();
    assertEquals(await subjectOf(server), "Cortado test server 1");
    await replace(pair, SECOND);
    await server.reloadTls();
    assertEquals(await subjectOf(server), "Cortado test server 2");
    assertEquals(server.tlsAddr!.port, port);
    await client.set("a", "b");
    assertEquals(textOf((await client.get("a"))!), "b");
  });
});

test("goes on with the old certificate when the new one cannot be used", async () => {
  await withPair(async (pair) => {
    await using server = await start(pair);
    await Deno.copyFile(SECOND.key, pair.key);
    await assertRejects(() => server.reloadTls(), TlsError, "it is not the key of");
    assertEquals(await subjectOf(server), "Cortado test server 1");
  });
  await using plain = await serve({ port: 0 });
  await assertRejects(() => plain.reloadTls(), TypeError, "does not listen with TLS");
});

test("loses no request of clients that connect all the time while it reloads", async () => {
  await using server = await start(FIRST);
  const stop = new AbortController();
  let served = 0;
  const address = { hostname: HOST, port: server.tlsAddr!.port, tls: { caCerts: caCerts() } };
  const connecting = Array.from({ length: 3 }, async () => {
    while (!stop.signal.aborted) {
      await using client = await connectPatiently(address);
      await client.ping();
      served++;
    }
  });
  for (let i = 0; i < 10; i++) {
    const before = served;
    await until(() => served > before + 2);
    await server.reloadTls();
  }
  stop.abort();
  await Promise.all(connecting);
  assert(served > 20);
});

/** As clients connect that try again: nobody listens for less than a millisecond. */
async function connectPatiently(address: Parameters<typeof Client.connect>[0]): Promise<Client> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Client.connect(address);
    } catch (cause) {
      if (attempt === 5) throw cause;
    }
  }
}

Deno.test({
  name: "HandshakeReport tells one line in 10 seconds, and how many it has not told",
  permissions: "none",
  fn() {
    let now = 0;
    const lines: string[] = [];
    const report = new HandshakeReport((line) => lines.push(line), () => now);
    const peer: Deno.NetAddr = { transport: "tcp", hostname: HOST, port: 7 };
    for (now = 0; now <= 10_000; now += 2_500) report.add(peer, "why");
    assertEquals(lines, [
      "127.0.0.1:7: TLS handshake failed: why",
      "127.0.0.1:7: TLS handshake failed: why (3 more since the last such line)",
    ]);
  },
});
