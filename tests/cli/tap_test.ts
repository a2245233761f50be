import { assertEquals, assertStringIncludes } from "@std/assert";
import { Client } from "../../lib/client/mod.ts";
import { main } from "../../lib/cli/mod.ts";
import { serve } from "../../lib/server/mod.ts";
import { MemoryIo, run } from "./helpers.ts";

Deno.test("tap shows what a client and a server say, and records it for inspect", {
  permissions: { net: true, read: true, write: true, sys: true },
}, async () => {
  const path = await Deno.makeTempFile({ suffix: ".pcapng" });
  try {
    await using server = await serve({ port: 0 });
    const io = new MemoryIo();
    const to = `127.0.0.1:${server.addr!.port}`;
    const ended = main(["tap", "--listen", "0", "--to", to, "--record", path], io);
    await io.stderr.waitFor("\n");
    const port = Number(/:(\d+)\n/.exec(io.stderr.text)![1]);
    {
      await using client = await Client.connect({ hostname: "127.0.0.1", port });
      await client.set("greeting", "hello", { ttl: 60_000 });
      await client.get("greeting");
    }
    {
      using redis = await Deno.connect({ hostname: "127.0.0.1", port });
      await redis.write(new TextEncoder().encode("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n"));
      await redis.read(new Uint8Array(100));
    }
    await io.stdout.waitFor("integer 1");
    io.signal(130);
    assertEquals(await ended, 0);
    const text = io.stdout.text;
    assertStringIncludes(text, "request SET greeting hello");
    assertStringIncludes(text, "= RESP: SET greeting hello PX 60000");
    assertStringIncludes(text, "response OK hello");
    assertStringIncludes(text, "= CAFE: INCR n 1");
    const read = await run(["inspect", path, "--port", portText(to)]);
    assertEquals([read.code, read.stdout.trimEnd()], [0, text.trimEnd()]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("tap shows no passwords, in either protocol, and records them for replay", {
  permissions: { net: true, read: true, write: true, sys: true },
}, async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/session.pcapng`;
  try {
    await using server = await serve({ port: 0, password: "tiramisu" });
    const io = new MemoryIo();
    const to = `127.0.0.1:${server.addr!.port}`;
    const ended = main(["tap", "--listen", "0", "--to", to, "--record", path], io);
    await io.stderr.waitFor("\n");
    const port = Number(/:(\d+)\n/.exec(io.stderr.text)![1]);
    {
      await using client = await Client.connect({ hostname: "127.0.0.1", port }, {
        password: "tiramisu",
      });
      await client.ping();
      using redis = await Deno.connect({ hostname: "127.0.0.1", port });
      await redis.write(new TextEncoder().encode("AUTH tiramisu\r\nINCR n\r\n"));
      await io.stdout.waitFor("integer 1");
    }
    io.signal(130);
    assertEquals(await ended, 0);
    for (const request of ["HELLO (masked)", "AUTH (masked)"]) {
      assertStringIncludes(io.stdout.text, `request ${request}`);
    }
    const hex = [...new TextEncoder().encode("tiramisu")].map((byte) => byte.toString(16)).join(
      " ",
    );
    assertEquals(["tiramisu", hex].filter((secret) => io.stdout.text.includes(secret)), []);
    assertStringIncludes(new TextDecoder().decode(await Deno.readFile(path)), "tiramisu");
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("tap shows the beginning of a long frame before it has come whole", {
  permissions: { net: true, sys: true },
}, async () => {
  using target = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const io = new MemoryIo();
  const ended = main(["tap", "--listen", "0", "--to", `127.0.0.1:${target.addr.port}`], io);
  await io.stderr.waitFor("\n");
  const port = Number(/:(\d+)\n/.exec(io.stderr.text)![1]);
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  using server = await target.accept();
  const half = new TextEncoder().encode("*2\r\n$4\r\nECHO\r\n$4000000\r\n" + "x".repeat(2_000_000));
  const reading = (async () => {
    for (const room = new Uint8Array(65_536); await server.read(room) !== null;);
  })();
  for (let rest = half; rest.length > 0;) rest = rest.subarray(await client.write(rest));
  await io.stdout.waitFor("bytes are shown");
  assertStringIncludes(io.stdout.text, "request ECHO");
  io.signal(130);
  assertEquals(await ended, 0);
  await reading;
});

function portText(address: string): string {
  return address.split(":")[1]!;
}

Deno.test("tap wants a port and a server", { permissions: "none" }, async () => {
  for (const args of [[], ["--listen", "1"], ["--to", "localhost:1"], ["--listen", "x"]]) {
    assertEquals((await run(["tap", ...args])).code, 2);
  }
});
