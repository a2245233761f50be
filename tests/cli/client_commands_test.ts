import { serve } from "../../lib/server/mod.ts";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { CLIENT_COMMANDS } from "../../lib/cli/client_commands.ts";
import { main } from "../../lib/cli/mod.ts";
import { Printer } from "../../lib/cli/printer.ts";
import {
  MemoryIo,
  MemoryOutput,
  type Outcome,
  run,
  type Surroundings,
  utf8,
  waitingClient,
} from "./helpers.ts";

/** Runs commands against a server of their own. */
type Runner = (args: string[], surroundings?: Surroundings) => Promise<Outcome>;

function serverTest(name: string, fn: (cortado: Runner) => Promise<void>): void {
  Deno.test({
    name,
    permissions: { net: ["127.0.0.1"] },
    async fn() {
      await using server = await serve({ port: 0 });
      const env = { CORTADO: `127.0.0.1:${server.addr!.port}` };
      await fn((args, surroundings) => run(args, { env, ...surroundings }));
    },
  });
}

serverTest("ping prints PONG, or the text", async (cortado) => {
  assertEquals((await cortado(["ping"])).stdout, "PONG\n");
  assertEquals((await cortado(["ping", "007"])).stdout, "007\n");
});

serverTest("set prints OK, and get prints the value byte for byte", async (cortado) => {
  assertEquals(await cortado(["set", "k", "a b"]), {
    code: 0,
    bytes: utf8("OK\n"),
    stdout: "OK\n",
    stderr: "",
  });
  assertEquals((await cortado(["get", "k"])).stdout, "a b");
});

serverTest("get adds a newline on a terminal only", async (cortado) => {
  await cortado(["set", "k", "v\n"]);
  assertEquals((await cortado(["get", "k"], {})).stdout, "v\n");
  assertEquals((await cortado(["get", "k"], { terminal: true })).stdout, "v\n\n");
});

serverTest(
  "get of a key that is not there prints nothing and ends with code 1",
  async (cortado) => {
    const { code, stdout, stderr } = await cortado(["get", "nope"]);
    assertEquals([code, stdout, stderr], [1, "", ""]);
  },
);

serverTest("set reads the value - from standard input, byte for byte", async (cortado) => {
  const value = Uint8Array.from({ length: 100_000 }, (_, i) => i & 0xff);
  await cortado(["set", "k", "-"], { stdin: value });
  assertEquals((await cortado(["get", "k"])).bytes, value);
  await cortado(["set", "k", "-"], { stdin: "" });
  assertEquals(await cortado(["get", "k"]), { code: 0, bytes: utf8(""), stdout: "", stderr: "" });
});

serverTest("keys that look like numbers or options are text", async (cortado) => {
  await cortado(["set", "007", "a"]);
  await cortado(["set", "--", "-x", "b"]);
  await cortado(["set", "-7", "-8"]);
  assertEquals((await cortado(["get", "007"])).stdout, "a");
  assertEquals((await cortado(["get", "7"])).code, 1);
  assertEquals((await cortado(["get", "--", "-x"])).stdout, "b");
  assertEquals((await cortado(["get", "-7"])).stdout, "-8");
});

serverTest("set --ttl lets the key expire", async (cortado) => {
  await cortado(["set", "k", "v", "--ttl", "1h"]);
  assertMatch((await cortado(["stats"])).stdout, /^keys_with_expiry: 1$/m);
  await cortado(["set", "k", "v"]);
  assertMatch((await cortado(["stats"])).stdout, /^keys_with_expiry: 0$/m);
});

serverTest("del prints how many keys there were", async (cortado) => {
  for (const key of ["a", "b"]) await cortado(["set", key, "v"]);
  assertEquals((await cortado(["del", "a", "b", "c", "a"])).stdout, "2\n");
  assertEquals(await cortado(["del", "a"]), {
    code: 0,
    bytes: utf8("0\n"),
    stdout: "0\n",
    stderr: "",
  });
});

serverTest("incr adds 1, or what is given, and prints the sum", async (cortado) => {
  const sums = [];
  for (const words of [[], ["41"], ["-50"], ["9223372036854775807"]]) {
    sums.push((await cortado(["incr", "n", ...words])).stdout);
  }
  assertEquals(sums, ["1\n", "42\n", "-8\n", "9223372036854775799\n"]);
});

serverTest("an error of the server ends a command with code 1 and one line", async (cortado) => {
  await cortado(["set", "k", "abc"]);
  const { code, stdout, stderr } = await cortado(["incr", "k"]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^cortado: Cannot increment: [^\n]+\n$/);
});

for (const words of [["set", "k", "v"], ["del", "k"], ["incr", "k"]]) {
  serverTest(
    `${words[0]} --durable asks for it: a server without a disk refuses`,
    async (cortado) => {
      const { code, stdout, stderr } = await cortado([...words, "--durable"]);
      assertEquals([code, stdout], [1, ""]);
      assertMatch(stderr, /^cortado: Cannot carry out \w+ durably: [^\n]+\n$/);
    },
  );
}

serverTest("scan lists the keys that begin with a prefix, or all", async (cortado) => {
  for (const key of ["user:1", "user:2", "x"]) await cortado(["set", key, ""]);
  const lines = async (...words: string[]) =>
    (await cortado(["scan", ...words])).stdout.split("\n").toSorted();
  assertEquals(await lines(), ["", "user:1", "user:2", "x"]);
  assertEquals(await lines("user:"), ["", "user:1", "user:2"]);
  assertEquals(await lines("none"), [""]);
});

serverTest("scan lists more keys than fit into one write", async (cortado) => {
  const keys = Array.from({ length: 600 }, (_, i) => `${i}`.padStart(200, "k"));
  const script = keys.map((key) => `set ${key} v\n`).join("");
  assertEquals((await cortado(["repl"], { stdin: script })).code, 0);
  assertEquals(
    (await cortado(["scan", "k"])).stdout.trimEnd().split("\n").toSorted(),
    keys.toSorted(),
  );
});

serverTest(
  "scan ends keys with a zero byte by --null, and escapes them on a terminal",
  async (cortado) => {
    await cortado(["set", "a\nb", ""]);
    assertEquals((await cortado(["scan"])).stdout, "a\nb\n");
    assertEquals((await cortado(["scan", "--null"])).stdout, "a\nb\0");
    assertEquals((await cortado(["scan"], { terminal: true })).stdout, "a\\nb\n");
  },
);

serverTest("stats prints lines of name and value, of one section or all", async (cortado) => {
  const all = (await cortado(["stats"])).stdout;
  assertMatch(all, /^(\w+: .+\n)+$/);
  assertEquals((await cortado(["stats", "store"])).stdout.split(": ")[0], "keys");
  assertEquals((await cortado(["stats", "nope"])).code, 1);
});

serverTest("publish prints how many receive", async (cortado) => {
  assertEquals((await cortado(["publish", "news", "lost"])).stdout, "0\n");
});

serverTest("compact says that a server without a disk has nothing to compact", async (cortado) => {
  assertEquals(await cortado(["compact"]), {
    code: 1,
    bytes: utf8(""),
    stdout: "",
    stderr: "cortado: Cannot compact: the server keeps nothing on disk (option data)\n",
  });
});

Deno.test({
  name: "compact prints what the server answers",
  permissions: "none",
  async fn() {
    const client = { ...waitingClient(), compact: () => Promise.resolve("running") };
    const { code, stdout } = await run(["compact"], { connect: () => Promise.resolve(client) });
    assertEquals([code, stdout], [0, "running\n"]);
  },
});

Deno.test({
  name: "subscribe prints each message at once, and ends with code 1 and one line with the server",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const server = await serve({ port: 0 });
    const env = { CORTADO: `127.0.0.1:${server.addr!.port}` };
    const io = new MemoryIo({ env });
    const subscriber = main(["subscribe", "c"], io);
    // Nothing tells that it has subscribed but the count of receivers.
    while ((await run(["publish", "c", "first"], { env })).stdout !== "1\n");
    await io.stdout.waitFor("first\n");
    await run(["publish", "c", "-"], { env, stdin: Uint8Array.of(0, 0xff) });
    await io.stdout.waitFor("\0");
    assertEquals([...io.stdout.bytes.slice(-3)], [0, 0xff, 0x0a]);
    await server.shutdown();
    assertEquals(await subscriber, 1);
    assertMatch(io.stderr.text, /^cortado: [^\n]+\n$/);
  },
});

Deno.test({
  name: "a command says where nobody listens, and ends with code 1",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const { code, stderr } = await run(["get", "k", "--connect", `127.0.0.1:${port}`]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `cortado: Cannot connect to 127.0.0.1:${port}: `);
  },
});

Deno.test({
  name: "a command that may not connect says which flags it needs",
  permissions: "none",
  async fn() {
    const tcp = await run(["get", "k", "--connect", "127.0.0.1:7"]);
    const unix = await run(["get", "k", "--connect", "unix:/x"]);
    const start = "Deno does not permit it; run again with --allow-net=";
    assertEquals(tcp.stderr, `cortado: Cannot connect to 127.0.0.1:7: ${start}127.0.0.1:7\n`);
    assertEquals(
      unix.stderr,
      `cortado: Cannot connect to unix:/x: ${start}unix:/x --allow-read=/x --allow-write=/x\n`,
    );
  },
});

Deno.test({
  name: "get takes a value of any length that the protocol has, whatever the client's default is",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const got = run(["get", "k", "--connect", `127.0.0.1:${listener.addr.port}`]);
    using conn = await listener.accept();
    await conn.read(new Uint8Array(64));
    // An OK with id 0 that announces a value of 2^32 - 1 bytes, and ends with the first of them.
    await conn.write(Uint8Array.fromHex("cafe018000100000ffffffff" + "00000000" + "76"));
    await conn.closeWrite();
    assertStringIncludes((await got).stderr, "17 of 4294967311 bytes");
  },
});

for (const command of CLIENT_COMMANDS) {
  Deno.test({
    name: `${command.name} ends when its signal aborts, although no answer has come`,
    permissions: "none",
    async fn() {
      const operands = command.operands.split(" ").filter(Boolean).map(() => "1");
      const abort = new AbortController();
      const running = command.prepare(operands, {})({
        client: waitingClient(),
        printer: new Printer(new MemoryOutput(), "prompt"),
        readInput: undefined,
        signal: abort.signal,
      });
      const failure = assertRejects(() => running);
      const reason = new Error("interrupted");
      abort.abort(reason);
      assertStrictEquals(await failure, reason);
    },
  });
}
