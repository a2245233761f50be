import { serve } from "../../lib/server/mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { frame, PING, wordOf } from "./frames.ts";
import { assertAlive, RawClient } from "./raw_client.ts";

/** Runs with a directory of its own. */
function test(name: string, fn: (directory: string) => Promise<void>): void {
  Deno.test({
    name: `serve on a Unix socket ${name}`,
    // No list of hosts can name a Unix socket: it takes the permission for the whole network.
    ignore: Deno.permissions.querySync({ name: "net" }).state !== "granted",
    async fn() {
      const directory = await Deno.makeTempDir();
      try {
        await fn(directory);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

test("answers, alone or beside TCP, and removes the file at shutdown", async (directory) => {
  const path = `${directory}/socket`;
  for (const tcp of [true, false]) {
    await using server = await serve({ port: 0, unix: path, tcp });
    assertEquals([server.unix, server.addr !== undefined], [path, tcp]);
    await assertAlive({ path });
    if (tcp) await assertAlive(server.addr!);
    using client = await RawClient.connect({ path });
    await client.call(frame({ opcode: PING }));
    const shutdown = server.shutdown();
    assertEquals((await client.readToEnd()).map(wordOf), ["GOAWAY"]);
    client.close();
    await shutdown;
    assertEquals(await exists(path), false);
  }
});

test("takes over a file that nobody listens on", async (directory) => {
  const path = `${directory}/socket`;
  Deno.listen({ transport: "unix", path }).close();
  if (!await exists(path)) { // As a server that was killed leaves it.
    const listener = Deno.listen({ transport: "unix", path: `${path}.old` });
    await Deno.rename(`${path}.old`, path);
    listener.close();
  }
  assertEquals((await Deno.lstat(path)).isSocket, true);
  await using server = await serve({ tcp: false, unix: path });
  await assertAlive({ path: server.unix! });
});

test("is refused where a server listens, which goes on, and gives its TCP port back", async (directory) => {
  const path = `${directory}/socket`;
  await using _ = await serve({ tcp: false, unix: path });
  await assertRejects(() => serve({ port: 0, unix: path }), Deno.errors.AddrInUse);
  await assertAlive({ path });
});

test("leaves a file that is no socket as it is", async (directory) => {
  const path = `${directory}/precious`;
  await Deno.writeTextFile(path, "precious");
  await assertRejects(() => serve({ tcp: false, unix: path }), Deno.errors.AddrInUse);
  assertEquals(await Deno.readTextFile(path), "precious");
  await assertRejects(() => serve({ tcp: false, unix: directory }), Deno.errors.AddrInUse);
});
