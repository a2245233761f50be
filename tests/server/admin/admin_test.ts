import { Client } from "../../../lib/client/mod.ts";
import { VERSION } from "../../../lib/handler/mod.ts";
import { MAX_ANSWERING } from "../../../lib/server/admin/admin.ts";
import {
  ProtectedModeError,
  serve,
  type ServeOptions,
  type Server,
} from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseExposition } from "../../handler/exposition_parser.ts";
import { RawClient, until } from "../raw_client.ts";

const TOKEN = "0123456789abcdef";

function test(
  name: string,
  options: ServeOptions,
  fn: (
    ask: (path: string, init?: RequestInit) => Promise<[number, string]>,
    server: Server,
  ) => Promise<void>,
): void {
  Deno.test({
    name,
    permissions: { net: ["127.0.0.1", "0.0.0.0"], read: true, write: true },
    async fn() {
      await using server = await serve({ port: 0, admin: { port: 0 }, ...options });
      await fn(async (path, init) => {
        const response = await fetch(`http://127.0.0.1:${server.adminAddr!.port}${path}`, init);
        return [response.status, await response.text()];
      }, server);
    },
  });
}

/** Sends commands of RESP, and waits for a reply of so many lines. */
async function say(server: Server, commands: string, lines: number): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.addr!.port });
  await conn.write(new TextEncoder().encode(commands));
  const bytes = new Uint8Array(65_536);
  for (let text = ""; text.split("\n").length <= lines;) {
    const size = await conn.read(bytes) ?? 0;
    assert(size > 0);
    text += new TextDecoder().decode(bytes.subarray(0, size));
  }
}

test(
  "/metrics is as promtool wants it, after traffic of both protocols",
  {},
  async (ask, server) => {
    await using client = await Client.connect(server.addr!);
    await client.set("k", "v");
    await client.get("k");
    await client.incr("k").catch(() => {});
    await say(server, "SET a 1\r\nGET a\r\nINCR k\r\nCONFIG GET port\r\nnope\r\n", 10);
    const [status, page] = await ask("/metrics");
    assertEquals(status, 200);
    const families = parseExposition(page);
    const value = (name: string, labels: Record<string, string> = {}) =>
      families.get(name.replace(/_(count|sum)$/, ""))?.lines.find((line) =>
        line.name === name &&
        Object.entries(labels).every(([label, text]) => line.labels[label] === text)
      )?.value;
    assertEquals(value("cortado_build_info", { version: VERSION }), 1);
    assertEquals(value("cortado_connections", { protocol: "cafe" }), 1);
    for (const protocol of ["cafe", "resp"]) {
      const of = { protocol, command: "get" };
      assertEquals(value("cortado_command_calls_total", of), 1, protocol);
      assertEquals(value("cortado_command_duration_seconds_count", of), 1, protocol);
      assertEquals(value("cortado_command_failed_total", { protocol, command: "incr" }), 1);
    }
    assertEquals(value("cortado_errors_total", { protocol: "resp", code: "ERR" }), 2);
    assertEquals(value("cortado_errors_total", { protocol: "cafe", code: "NOT_AN_INTEGER" }), 1);
    assert(value("cortado_received_bytes_total")! > 0);
    assert(value("process_resident_memory_bytes")! > 1e6);
  },
);

test(
  "health and metrics have their types, and other paths and methods are errors",
  {},
  async (ask) => {
    assertEquals(await ask("/healthz"), [200, "ok\n"]);
    assertEquals(await ask("/readyz"), [200, "ready\n"]);
    assertEquals(await ask("/readyz", { method: "HEAD" }), [200, ""]);
    assertEquals((await ask("/"))[0], 200);
    assertEquals((await ask("/none"))[0], 404);
    assertEquals((await ask("/metrics", { method: "POST" }))[0], 405);
  },
);

test("with a token /metrics wants it, and health does not", {
  admin: { port: 0, token: TOKEN },
}, async (ask) => {
  assertEquals((await ask("/metrics"))[0], 401);
  assertEquals((await ask("/none"))[0], 401);
  assertEquals((await ask("/healthz"))[0], 200);
  const headers = { authorization: `Bearer ${TOKEN}` };
  assertEquals((await ask("/metrics", { headers }))[0], 200);
});

test("while connections end, the server lives and is not ready", {
  limits: { shutdownTimeout: 300 },
}, async (ask, server) => {
  using _held = await Deno.connect({ hostname: "127.0.0.1", port: server.addr!.port });
  // It does not close: the server waits until its time is over.
  await until(() => server.services.counters.connections === 1);
  const answers = ask("/readyz");
  const done = server.shutdown();
  assertEquals(await answers, [503, "shutting down\n"]);
  await done;
  await assertRejects(() => ask("/healthz"));
});

test(
  "a request for another name of this machine is refused, as a page would send it",
  {},
  async (_, server) => {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.adminAddr!.port });
    const request = "GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    await conn.write(new TextEncoder().encode(request));
    const reply = await new Response(conn.readable).text();
    assert(reply.startsWith("HTTP/1.1 403 "), reply);
  },
);

Deno.test("an address that other machines reach takes a token, or no protected mode", {
  permissions: { net: ["127.0.0.1", "0.0.0.0"] },
}, async () => {
  const admin = { hostname: "0.0.0.0", port: 0 };
  await assertRejects(() => serve({ port: 0, admin }), ProtectedModeError);
  await assertRejects(() => serve({ port: 0, admin: { ...admin, token: "short" } }), RangeError);
  for (const options of [{ admin: { ...admin, token: TOKEN } }, { admin, protectedMode: false }]) {
    await using server = await serve({ port: 0, ...options });
    assertEquals(server.adminAddr!.hostname, "0.0.0.0");
  }
});

Deno.test("a server that does not start does not answer over HTTP", {
  permissions: { net: ["127.0.0.1"], read: true, write: true },
}, async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = (taken.addr as Deno.NetAddr).port;
  await assertRejects(() => serve({ port, admin: { port: 0 } }), Deno.errors.AddrInUse);
});

const HELD = "PUT /api/entry HTTP/1.1\r\nHost: localhost\r\nCortado-Console: 1\r\n" +
  "Content-Length: 100\r\n\r\nabc";
const GET_HEALTH = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** Clients of HTTP that keep a server busy, by what they do. */
const STALLED = {
  "does not send the rest of a request": GET_HEALTH + HELD,
  "takes no answers": "GET /console.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200),
};

for (const [name, sent] of Object.entries(STALLED)) {
  test(`a client of HTTP that ${name} is cut off when shutdownTimeout is over`, {
    limits: { shutdownTimeout: 50 },
  }, async (_, server) => {
    using client = await RawClient.connect(server.adminAddr!);
    await client.send(new TextEncoder().encode(sent));
    await client.readExactly(1);
    let isLate = false;
    const patience = setTimeout(() => {
      isLate = true;
      client.close(); // Otherwise a server that waits for it would never end.
    }, 5_000);
    await server.shutdown();
    clearTimeout(patience);
    assertEquals(isLate, false);
  });
}

test("requests beyond those that are being answered are refused, but for probes", {
  limits: { shutdownTimeout: 50 },
}, async (ask, server) => {
  const clients = await Promise.all(
    Array.from({ length: MAX_ANSWERING }, () => RawClient.connect(server.adminAddr!)),
  );
  for (const client of clients) await client.send(new TextEncoder().encode(HELD));
  let answer = await ask("/metrics");
  while (answer[0] === 200) answer = await ask("/metrics");
  assertEquals(answer, [503, `${MAX_ANSWERING} requests are being answered: try again later.\n`]);
  assertEquals(await ask("/healthz"), [200, "ok\n"]);
  for (const client of clients) client.close();
  while (answer[0] === 503) answer = await ask("/metrics");
  assertEquals(answer[0], 200);
});

Deno.test(
  "a name of a host that is none is answered with 400, and an upload that is cut off is no defect",
  {
    permissions: { net: ["127.0.0.1"], read: true, write: true },
  },
  async () => {
    const lines: string[] = [];
    await using server = await serve({
      port: 0,
      admin: { port: 0 },
      log: (line) => lines.push(line),
    });
    for (const host of ["a b:c:d", "[::zz"]) {
      using client = await RawClient.connect(server.adminAddr!);
      const request = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      await client.send(new TextEncoder().encode(request));
      const reply = new TextDecoder().decode(await client.readAll());
      assert(reply.startsWith("HTTP/1.1 400 "), reply);
    }
    const client = await RawClient.connect(server.adminAddr!);
    await client.send(new TextEncoder().encode(GET_HEALTH + HELD));
    await client.readExactly(1);
    client.close();
    await server.shutdown();
    assertEquals(lines, []);
  },
);
