/** Redis clients over TLS, with Cortado alone: redis-server is built without it in many systems. */

import { serve, type Server } from "../../lib/server/mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { CA_PATH, caCerts, FIRST } from "../tls/files.ts";
import { run } from "./programs.ts";

const HOST = "127.0.0.1";

function test(name: string, fn: (server: Server) => Promise<void>, ignore = false): void {
  Deno.test({
    name: `over TLS, ${name}`,
    ignore,
    async fn() {
      await using server = await serve({ tcp: false, tls: FIRST });
      await fn(server);
    },
  });
}

for (const resp of [2, 3] as const) {
  test(`node-redis talks in RESP${resp}`, async ({ tlsAddr }) => {
    const socket = { host: HOST, port: tlsAddr!.port, tls: true, ca: caCerts() } as const;
    const client = createClient({ socket, ...resp === 3 && { RESP: 3 as 2 } });
    client.on("error", () => {}); // Without a listener it would end the test.
    await client.connect();
    assertEquals(await client.set("key", "x".repeat(100_000)), "OK");
    assertEquals((await client.get("key"))?.length, 100_000);
    assertEquals(await client.multi().incr("n").incr("n").exec() as unknown, [1, 2]);
    await client.close();
  });
}

test("ioredis talks", async ({ tlsAddr }) => {
  const tls = { ca: caCerts() };
  const client = new Redis({ host: HOST, port: tlsAddr!.port, tls, lazyConnect: true });
  await client.connect();
  assertEquals(await client.set("key", "x".repeat(1_000)), "OK");
  assertEquals((await client.get("key"))?.length, 1_000);
  const ended = new Promise((resolve) => client.once("end", resolve));
  await client.quit();
  await ended;
});

/** Whether redis-cli is there, and was built with TLS. */
function hasTls(): boolean {
  try {
    const { stdout, stderr } = new Deno.Command("redis-cli", { args: ["--help"] }).outputSync();
    return [stdout, stderr].some((bytes) => new TextDecoder().decode(bytes).includes("--tls "));
  } catch {
    return false;
  }
}

test("redis-cli talks, and refuses a certificate that it does not trust", async ({ tlsAddr }) => {
  const args = ["-h", HOST, "-p", `${tlsAddr!.port}`, "--tls"];
  const { code, stdout } = await run("redis-cli", [...args, "--cacert", CA_PATH, "SET", "k", "v"]);
  assertEquals([code, stdout], [0, "OK\n"]);
  const untrusted = await run("redis-cli", [...args, "PING"]);
  assertEquals(untrusted.code, 1);
  assertStringIncludes(untrusted.stderr, "certificate verify failed");
}, !hasTls());
