import { Client, ServerError } from "../../lib/client/mod.ts";
import { variableOf } from "../../lib/cli/environment.ts";
import { main } from "../../lib/cli/mod.ts";
import { serve } from "../../lib/cli/serve.ts";
import { DEFAULT_LIMITS } from "../../lib/server/mod.ts";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { MemoryIo, run } from "./helpers.ts";

/** Starts a server in this process; `done` is its exit code, `first` its first line. */
async function start(...args: string[]) {
  const io = new MemoryIo();
  const done = main(["serve", ...args], io);
  await io.stdout.waitFor("\n");
  return { io, done, first: io.stdout.text.split("\n")[0] ?? "" };
}

Deno.test({
  name: "serve announces its real port, and ends with code 0 at the first signal",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const { io, done, first } = await start("--port", "0");
    assertMatch(first, /^listening on 127\.0\.0\.1:[1-9]\d*$/);
    const connect = first.replace("listening on ", "");
    assertEquals((await run(["ping", "--connect", connect])).stdout, "PONG\n");
    io.signal(143);
    assertEquals(await done, 0);
    assertEquals([io.stdout.text, io.listeners], [`${first}\n`, 0]);
  },
});

Deno.test({
  name: "serve passes its limits on to the server",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const { io, done, first } = await start("--port", "0", "--max-value-size", "1KiB");
    const env = { CORTADO: first.replace("listening on ", "") };
    assertEquals((await run(["set", "k", "v".repeat(1_024)], { env })).stdout, "OK\n");
    const { code, stderr } = await run(["set", "k", "v".repeat(1_025)], { env });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "1024");
    io.signal(143);
    assertEquals(await done, 0);
  },
});

Deno.test({
  name: "serve requires what --require says, and signs with the secret",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const secret = "correct horse battery staple";
    const options = ["--port", "0", "--secret", secret, "--require", "signed,checksum"];
    const { io, done, first } = await start(...options);
    const [hostname, port] = first.replace("listening on ", "").split(":");
    const to = { hostname: hostname!, port: Number(port) };
    {
      await using plain = await Client.connect(to);
      const error = await assertRejects(() => plain.set("k", "v"), ServerError);
      assertEquals(error.code, "FLAG_REQUIRED");
      await using client = await Client.connect(to, { secret, sign: true, checksum: true });
      await client.set("k", "v");
      assertEquals(new TextDecoder().decode(await client.get("k")), "v");
    }
    io.signal(143);
    assertEquals(await done, 0);
    assertEquals(io.stderr.text.includes(secret), false);
  },
});

Deno.test({
  name: "commands sign and encrypt with the secret of the environment",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const secret = "correct horse battery staple";
    const { io, done, first } = await start(
      "--port",
      "0",
      "--secret",
      secret,
      "--require",
      "signed",
    );
    const env = { CORTADO: first.replace("listening on ", ""), CORTADO_SECRET: secret };
    assertEquals((await run(["set", "k", "v", "--sign", "--encrypt"], { env })).stdout, "OK\n");
    assertEquals((await run(["get", "k", "--sign"], { env })).stdout, "v");
    assertStringIncludes((await run(["get", "k"], { env })).stderr, "wants SIGNED");
    const other = { ...env, CORTADO_SECRET: `${secret}s` };
    const { code, stderr } = await run(["get", "k", "--sign"], { env: other });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "does not show that it has the secret");
    const none = await run(["get", "k", "--sign"], { env: { CORTADO: env.CORTADO } });
    assertEquals(none.code, 2);
    assertStringIncludes(none.stderr, "the environment variable CORTADO_SECRET is missing");
    io.signal(143);
    assertEquals(await done, 0);
  },
});

Deno.test({
  name: "serve refuses a short secret, an unknown flag, and a flag that needs a secret",
  permissions: "none",
  async fn() {
    const wrong = [
      [["--secret", "short"], "--secret: it must have at least 16 bytes"],
      [["--require", "signet"], "Option --require: there is no flag signet; give CHECKSUM, "],
      [["--require", "signed"], "Cannot require SIGNED: --secret TEXT is missing"],
    ] as const;
    for (const [options, why] of wrong) {
      const { code, stderr } = await run(["serve", "--port", "0", ...options]);
      assertEquals(code, 2);
      assertStringIncludes(stderr, why);
    }
  },
});

Deno.test({
  name: "serve says in one line that the address is in use, and what to do",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { code, stdout, stderr } = await run(["serve", "--port", `${other.addr.port}`]);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(
      stderr,
      /^cortado: Cannot listen on 127\.0\.0\.1:\d+: Address already in use [^\n]+\n$/,
    );
    assertStringIncludes(stderr, "; stop the server that listens there, or give another --port");
  },
});

Deno.test({
  name: "serve says in one line which flags it needs when Deno does not permit to listen",
  permissions: "none",
  async fn() {
    const args = ["serve", "--host", "0.0.0.0", "--port", "7", "--unix", "/x", "--password", "p"];
    const { code, stdout, stderr } = await run(args);
    assertEquals([code, stdout, stderr], [
      1,
      "",
      "cortado: Cannot listen on 0.0.0.0:7 and unix:/x: Deno does not permit it; run again with " +
      "--allow-net=0.0.0.0:7,unix:/x --allow-read=/x --allow-write=/x\n",
    ]);
  },
});

Deno.test({
  name: "serve refuses an address of other machines without a password, and names both ways out",
  permissions: { net: ["127.0.0.1", "0.0.0.0"] },
  async fn() {
    const args = ["--host", "0.0.0.0", "--port", "0"];
    const { code, stdout, stderr } = await run(["serve", ...args]);
    assertEquals([code, stdout, stderr], [
      2,
      "",
      "cortado: Cannot listen on 0.0.0.0:0: without a password whoever reaches it may do everything " +
      "(protected mode); set CORTADO_PASSWORD, or give --no-protected-mode\n",
    ]);
    for (const [way, env] of [[["--no-protected-mode"], {}], [[], { CORTADO_PASSWORD: "p" }]]) {
      const io = new MemoryIo({ env: env as Record<string, string> });
      const done = main(["serve", ...args, ...way as string[]], io);
      await io.stdout.waitFor("\n");
      assertMatch(io.stdout.text, /^listening on 0\.0\.0\.0:\d+\n$/);
      io.signal(143);
      assertEquals(await done, 0);
    }
  },
});

/** What a Redis client gets for a command, from the server of a first line. */
async function talk(first: string, command: string): Promise<string> {
  const port = Number(first.split(":").at(-1));
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode(`${command}\r\nQUIT\r\n`));
  return await new Response(conn.readable).text();
}

/** Whether a server that was started so wants a password for what a Redis client asks. */
async function asksForPassword(
  env: Record<string, string>,
  ...args: string[]
): Promise<string> {
  const io = new MemoryIo({ env });
  const done = main(["serve", "--port", "0", ...args], io);
  await io.stdout.waitFor("\n");
  const reply = await talk(io.stdout.text.trim(), "AUTH secret");
  io.signal(143);
  assertEquals(await done, 0);
  return reply.slice(0, reply.indexOf("\r\n"));
}

Deno.test({
  name: "a command has the password of the environment",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const { io, done, first } = await start("--port", "0", "--password", "secret");
    const CORTADO = first.replace("listening on ", "");
    const { code, stdout } = await run(["ping"], { env: { CORTADO, CORTADO_PASSWORD: "secret" } });
    assertEquals([code, stdout], [0, "PONG\n"]);
    const { stderr } = await run(["ping"], { env: { CORTADO } });
    assertStringIncludes(stderr, "send HELLO with the password first");
    io.signal(143);
    assertEquals(await done, 0);
  },
});

Deno.test({
  name: "serve takes the password of an option, or else of the environment",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const env = { CORTADO_PASSWORD: "secret" };
    const wrong = "-WRONGPASS invalid username-password pair or user is disabled.";
    assertEquals(await asksForPassword({}, "--password", "secret"), "+OK");
    assertEquals(await asksForPassword(env), "+OK");
    assertEquals(await asksForPassword(env, "--password", "other"), wrong);
    assertMatch(await asksForPassword({}), /^-ERR AUTH <password> called without any password/);
  },
});

Deno.test({
  name: "serve --max-memory refuses writes over it, and reads and deletes go on",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const { io, done, first } = await start("--port", "0", "--max-memory", "1KiB");
    const env = { CORTADO: first.replace("listening on ", "") };
    assertEquals((await run(["set", "a", "v".repeat(2_000)], { env })).code, 0);
    const { code, stderr } = await run(["set", "b", "v"], { env });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "the limit is 1024 (option maxmemory)");
    assertEquals((await run(["get", "a"], { env })).stdout, "v".repeat(2_000));
    assertEquals((await run(["del", "a"], { env })).code, 0);
    assertEquals((await run(["set", "b", "v"], { env })).code, 0);
    io.signal(143);
    assertEquals(await done, 0);
  },
});

Deno.test({
  name: "serve --max-memory-policy lets entries go, and names the policies when there is none such",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const args = ["--port", "0", "--max-memory", "1KiB", "--max-memory-policy"];
    const { io, done, first } = await start(...args, "allkeys-lru");
    const env = { CORTADO: first.replace("listening on ", "") };
    for (const key of ["a", "b"]) await run(["set", key, "v".repeat(2_000)], { env });
    assertEquals((await run(["get", "a"], { env })).code, 1);
    assertEquals((await run(["get", "b"], { env })).code, 0);
    io.signal(143);
    assertEquals(await done, 0);
    const { code, stderr } = await run(["serve", ...args, "lru"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "there is no policy lru; give volatile-lru, volatile-lfu, ");
  },
});

/** A test of options about a data directory. */
function dataTest(name: string, fn: (directory: string) => Promise<void>): void {
  Deno.test({
    name: `serve ${name}`,
    permissions: { net: ["127.0.0.1"], read: true, write: true },
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

/** Runs a server while commands run; returns what each of them printed. */
async function serving(options: string[], commands: string[][]): Promise<string[]> {
  const { io, done, first } = await start("--port", "0", ...options);
  const env = { CORTADO: first.replace("listening on ", "") };
  const printed: string[] = [];
  for (const command of commands) {
    const { stdout, stderr } = await run(command, { env });
    printed.push(stdout + stderr);
  }
  io.signal(143);
  assertEquals(await done, 0);
  return printed;
}

dataTest("--data keeps entries over a restart, in each mode", async (directory) => {
  for (const mode of ["always", "everysec", "never"]) {
    const options = ["--data", directory, "--fsync", mode];
    assertEquals(await serving(options, [["set", mode, mode]]), ["OK\n"]);
    const [stats = "", ...values] = await serving(options, [
      ["stats"],
      ["get", mode],
      ["get", "always"],
    ]);
    assertEquals(values, [mode, "always"]);
    assertStringIncludes(stats, `journal_fsync: ${mode}\n`);
  }
});

dataTest("--memory keeps nothing on disk, whatever --data says", async (directory) => {
  const options = ["--data", `${directory}/data`, "--memory", "--fsync", "always"];
  assertEquals((await serving(options, [["set", "k", "v"]]))[0], "OK\n");
  assertEquals([...Deno.readDirSync(directory)], []);
});

dataTest("--compact-percentage and --compact-min-size are the journal's", async (directory) => {
  const options = ["--compact-percentage", "7", "--compact-min-size", "1MiB"];
  const { io, done, first } = await start("--port", "0", "--data", directory, ...options);
  const reply = await talk(first, "CONFIG GET auto-aof-rewrite-*");
  assertStringIncludes(reply, "auto-aof-rewrite-percentage\r\n$1\r\n7\r\n");
  assertStringIncludes(reply, "auto-aof-rewrite-min-size\r\n$7\r\n1048576\r\n");
  io.signal(143);
  assertEquals(await done, 0);
});

Deno.test({
  name: "serve refuses options about a data directory without one, and modes that there are not",
  permissions: "none",
  async fn() {
    for (const option of [["--fsync", "never"], ["--compact-min-size", "1"]]) {
      const { code, stderr } = await run(["serve", ...option]);
      assertEquals([code, stderr.includes("Cannot keep entries on disk: --data DIR is missing")], [
        2,
        true,
      ]);
    }
    const { code, stderr } = await run(["serve", "--data", "x", "--fsync", "often"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "there is no mode often; give always, everysec, never");
  },
});

dataTest("says in one line what is wrong with a data directory", async (directory) => {
  await Deno.writeTextFile(`${directory}/file`, "");
  const { code, stdout, stderr } = await run([
    ...["serve", "--port", "0"],
    ...["--data", `${directory}/file/data`],
  ]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /^cortado: Cannot use [^\n]+\/file\/data: [^\n]+; give another --data[^\n]+\n$/,
  );
});

Deno.test({
  name: "serve says which flags the data directory needs when Deno does not permit it",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const { code, stdout, stderr } = await run(["serve", "--port", "0", "--data", "/dir"]);
    assertEquals([code, stdout, stderr], [
      1,
      "",
      "cortado: Cannot open /dir: Deno does not permit it; run again with " +
      "--allow-read=/dir --allow-write=/dir\n",
    ]);
  },
});

Deno.test({
  name: "serve tells each limit in the log with who set it, and no secret",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    const env = { CORTADO_MAX_BATCH: "7", CORTADO_PASSWORD: "s3cret" };
    const io = new MemoryIo({ env });
    const done = main(["serve", "--port", "0", "--max-value-size", "1KiB"], io);
    await io.stdout.waitFor("\n");
    io.signal(143);
    assertEquals(await done, 0);
    const lines = io.stderr.text.split("\n").filter((line) => line.startsWith("limit "));
    const [first = ""] = lines;
    assertEquals(lines, lines.toSorted());
    assertEquals(new Set(lines.map((line) => line.indexOf("("))), new Set([first.indexOf("(")]));
    const told = lines.map((line) => line.replace(/ +/g, " "));
    for (const name of [...Object.keys(DEFAULT_LIMITS), "maxMemory"]) {
      assertEquals(told.filter((line) => line.startsWith(`limit ${name} `)).length, 1, name);
    }
    for (
      const line of [
        "limit maxBatch 7 (environment CORTADO_MAX_BATCH)",
        "limit maxKeySize 65535 bytes (default)",
        "limit maxMemory none (default)",
        "limit maxValueSize 1 KiB (flag --max-value-size)",
        "limit shutdownTimeout 5 s (default)",
      ]
    ) assertEquals(told.includes(line), true, line);
    assertEquals(io.stderr.text.includes("s3cret"), false);
  },
});

dataTest("takes all its options from a file, and the rest from elsewhere", async (directory) => {
  const path = `${directory}/cortado.json`;
  const file = { port: 0, data: `${directory}/data`, fsync: "always", memory: true, password: "p" };
  await Deno.writeTextFile(path, JSON.stringify({ ...file, maxValueSize: "1KiB" }));
  const io = new MemoryIo({ env: { CORTADO_CONFIG: path } });
  const done = main(["serve", "--memory=false"], io);
  await io.stdout.waitFor("\n");
  const first = io.stdout.text.trim();
  assertEquals(await talk(first, "AUTH p"), "+OK\r\n+OK\r\n");
  const reply = await talk(first, "AUTH p\r\nCONFIG GET appendfsync");
  assertStringIncludes(reply, "always");
  assertEquals([...Deno.readDirSync(directory)].length, 2); // The flag says that entries are kept.
  io.signal(143);
  assertEquals(await done, 0);
  assertMatch(io.stderr.text, /\nlimit maxValueSize +1 KiB +\(file .*cortado\.json\)\n/);
});

dataTest("names what set a limit that is out of range", async (directory) => {
  const path = `${directory}/cortado.json`;
  await Deno.writeTextFile(path, '{"maxBatch": 0}');
  const wrong = "Cannot use maxBatch 0: it must be a whole number from 1 to 9007199254740991\n";
  const byFile = await run(["serve", "--config", path]);
  assertEquals(byFile.stderr, `cortado: Cannot use ${path}: maxBatch: ${wrong}`);
  const byVariable = await run(["serve", "--config", path], { env: { CORTADO_MAX_BATCH: "0" } });
  assertEquals(byVariable.stderr, `cortado: Environment variable CORTADO_MAX_BATCH: ${wrong}`);
  const byFlag = await run(["serve", "--config", path, "--max-batch", "0"]);
  assertEquals(byFlag.stderr, `cortado: Option --max-batch: ${wrong}`);
  assertEquals([byFile.code, byVariable.code, byFlag.code], [2, 2, 2]);
});

Deno.test({
  name: "serve takes each of its options as a variable, and refuses those that it has not",
  permissions: "none",
  async fn() {
    for (const name of Object.keys(serve.options)) {
      const misspelled = `${variableOf(name)}X`;
      const { code, stderr } = await run(["serve"], { env: { [misspelled]: "1" } });
      assertEquals([code, stderr], [
        2,
        `cortado: Unknown environment variable ${misspelled}; did you mean ${variableOf(name)}?\n`,
      ]);
    }
  },
});
