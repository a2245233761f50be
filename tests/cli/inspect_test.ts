import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MemoryIo, run } from "./helpers.ts";
import { main } from "../../lib/cli/mod.ts";

const PURE = { permissions: "none" } as const;
const PING = Uint8Array.fromHex("cafe01040000000000000000");

Deno.test("inspect shows the frames of standard input, and ends with 0", PURE, async () => {
  for (const stdin of [PING, PING.toHex(), "PING\r\n"]) {
    const { code, stdout, stderr } = await run(["inspect"], { stdin });
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "#1 request PING");
  }
});

Deno.test("inspect ends with 1 when something is wrong", PURE, async () => {
  const { code, stdout } = await run(["inspect", "-"], { stdin: "GET / HTTP/1.1\r\n" });
  assertEquals(code, 1);
  assertStringIncludes(stdout, "an HTTP request");
  const hex = await run(["inspect", "--format", "hex"], { stdin: "ca fe\nxx\n" });
  assertEquals(hex.code, 1);
  assertStringIncludes(hex.stderr, "cortado: Cannot read hex at line 2");
});

Deno.test("inspect --json prints an object a line, and --limit ends it", PURE, async () => {
  const stdin = PING.toHex().repeat(3);
  const { stdout } = await run(["inspect", "--json", "--limit", "2"], { stdin });
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ name }) => name), ["PING", "PING"]);
});

Deno.test("inspect has colours on a terminal, without NO_COLOR", PURE, async () => {
  const isColored = async (args: string[], terminal: boolean, env = {}) =>
    (await run(["inspect", ...args], { stdin: PING, terminal, env })).stdout.includes("\x1b[");
  assertEquals(await isColored([], false), false);
  assertEquals(await isColored([], true), true);
  assertEquals(await isColored(["--color"], false), true);
  assertEquals(await isColored(["--color=false"], true), false);
  assertEquals(await isColored([], true, { NO_COLOR: "1" }), false);
});

Deno.test("inspect refuses options that it does not know the value of", PURE, async () => {
  for (
    const args of [["--format", "gif"], ["--protocol", "http"], ["--port", "0x1"], ["--limit", "0"]]
  ) {
    assertEquals((await run(["inspect", ...args])).code, 2);
  }
});

Deno.test("inspect --follow shows what comes to a file, until a signal", {
  permissions: { read: true, write: true },
}, async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, PING);
    const io = new MemoryIo();
    const ended = main(["inspect", path, "--follow", "--format", "raw"], io);
    await io.stdout.waitFor("#1 request PING");
    await Deno.writeFile(path, PING, { append: true });
    await io.stdout.waitFor("#2 request PING");
    io.signal(130);
    assertEquals(await ended, 0);
    assertEquals(io.listeners, 0);
    assert(!io.stdout.text.includes("#3"));
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("inspect --follow ends when the file was cut or replaced", {
  permissions: { read: true, write: true },
}, async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/stream`;
  const changes = {
    cut: () => Deno.truncate(path, 1),
    replaced: async () => {
      await Deno.writeFile(`${path}.new`, PING);
      await Deno.rename(`${path}.new`, path);
    },
  };
  try {
    for (const change of Object.values(changes)) {
      await Deno.writeFile(path, PING);
      const io = new MemoryIo();
      const ended = main(["inspect", path, "--follow", "--format", "raw"], io);
      await io.stdout.waitFor("#1 request PING");
      await change();
      assertEquals(await ended, 1);
      assertEquals(io.stderr.text, `cortado: Cannot follow ${path}: it was cut or replaced\n`);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("inspect says which directory it cannot read", {
  permissions: { read: true },
}, async () => {
  const { code, stderr } = await run(["inspect", "tests"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "cortado: Cannot read tests: ");
});

Deno.test("inspect says that there is no such file", { permissions: { read: true } }, async () => {
  const { code, stderr } = await run(["inspect", "no-such-file"]);
  assertEquals([code, stderr], [1, "cortado: Cannot read no-such-file: there is no such file\n"]);
});
