import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Client } from "../../lib/client/mod.ts";
import { main } from "../../lib/cli/mod.ts";
import { serve } from "../../lib/server/mod.ts";
import { MemoryIo, run } from "./helpers.ts";

/** Records a conversation of each protocol with a new server. */
async function record(path: string): Promise<void> {
  await using server = await serve({ port: 0 });
  const io = new MemoryIo();
  const to = `127.0.0.1:${server.addr!.port}`;
  const ended = main(["tap", "--listen", "0", "--to", to, "--record", path], io);
  await io.stderr.waitFor("\n");
  const port = Number(/:(\d+)\n/.exec(io.stderr.text)![1]);
  {
    await using client = await Client.connect({ hostname: "127.0.0.1", port });
    await client.set("greeting", "hello");
    await client.get("greeting");
    await client.incr("visits");
  }
  {
    using redis = await Deno.connect({ hostname: "127.0.0.1", port });
    await redis.write(new TextEncoder().encode("APPEND text abc\r\nGET text\r\n"));
    await io.stdout.waitFor("response abc");
  }
  io.signal(130);
  assertEquals(await ended, 0);
}

Deno.test("replay sends a recording again, and tells which answers differ", {
  permissions: { net: true, read: true, write: true, sys: true },
}, async () => {
  const path = await Deno.makeTempFile({ suffix: ".pcapng" });
  try {
    await record(path);
    await using server = await serve({ port: 0 });
    const replay = ["replay", path, "--connect", `127.0.0.1:${server.addr!.port}`, "--speed", "0"];
    const same = await run(replay);
    assertEquals([same.code, same.stderr], [0, ""], same.stdout);
    assertMatch(same.stdout, /^\d+ requests, 0 answered in another way\nrecorded: \d+ answers/);
    assertMatch(same.stdout, /\nnow: \d+ answers, p50 /);
    const again = await run(replay); // The counter and the text are longer now.
    assertEquals(again.code, 1);
    assertStringIncludes(again.stdout, "INCR visits");
    assertStringIncludes(again.stdout, "  recorded: integer 3\n  now:      integer 6\n");
    assertStringIncludes(again.stdout, " 3 answered in another way");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("replay says that no server is there, and what is no recording", {
  permissions: { net: true, read: true, write: true, sys: true },
}, async () => {
  const path = await Deno.makeTempFile();
  try {
    const args = ["replay", path, "--connect", "127.0.0.1:1"];
    assertStringIncludes((await run(args)).stderr, "nothing is said in it");
    await Deno.writeTextFile(path, "no recording");
    assertStringIncludes((await run(args)).stderr, "neither pcap nor pcapng");
    await record(path);
    const { code, stderr } = await run(args);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "refused");
    assertEquals((await run(["replay", path])).code, 2);
    assertEquals((await run([...args, "--speed", "-1"])).code, 2);
  } finally {
    await Deno.remove(path);
  }
});
