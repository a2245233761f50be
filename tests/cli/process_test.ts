import { Client } from "../../lib/client/mod.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PROCESS_PERMISSIONS, runProcess, ServerProcess } from "./process.ts";
import { utf8 } from "./helpers.ts";

function processTest(
  name: string,
  fn: () => Promise<void>,
  more?: Deno.PermissionOptionsObject,
): void {
  const permissions = { ...PROCESS_PERMISSIONS as Deno.PermissionOptionsObject, ...more };
  Deno.test({ name, permissions, ignore: Deno.build.os === "windows", fn });
}

const SHUTTING_DOWN = "shutting down: a second signal ends the server at once";

async function connect(server: ServerProcess): Promise<Client> {
  const [hostname = "", port] = (await server.address()).split(":");
  return await Client.connect({ hostname, port: Number(port) }, { reconnect: false });
}

processTest("main.ts serve prints its address first, and ends with code 0 at SIGTERM", async () => {
  await using server = new ServerProcess(["--port", "0"]);
  const address = await server.address();
  assertMatch(address, /^127\.0\.0\.1:[1-9]\d*$/);
  server.kill("SIGTERM");
  const stdout = [`listening on ${address}`];
  assertEquals(await server.end(), { code: 0, stdout, stderr: [SHUTTING_DOWN] });
});

processTest(
  "main.ts serve ends with code 0 at SIGINT, also while a client is connected",
  async () => {
    await using server = new ServerProcess(["--port", "0"]);
    await using client = await connect(server);
    assertEquals(await client.ping(), utf8("PONG"));
    server.kill("SIGINT");
    assertEquals((await server.end()).code, 0);
  },
);

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  processTest(`main.ts serve ends with code ${code} at a second ${signal}`, async () => {
    await using server = new ServerProcess(["--port", "0", "--shutdown-timeout", "1h"]);
    await using client = await connect(server);
    await client.set("k", new Uint8Array(16 << 20));
    const [hostname = "", port] = (await server.address()).split(":");
    using reader = await Deno.connect({ hostname, port: Number(port) });
    // Asks for more than sockets hold and reads one byte of it: the shutdown waits for the rest.
    const get = "cafe" + "01" + "01" + "0000" + "0001" + "00000000" + "6b"; // GET k
    await reader.write(Uint8Array.fromHex(get.repeat(16)));
    await reader.read(new Uint8Array(1));
    server.kill(signal);
    assertEquals(await server.stderr.lines(1), [SHUTTING_DOWN]);
    server.kill(signal);
    assertEquals((await server.end()).code, code);
  });
}

processTest("main.ts serve refuses wrong options with code 2 and one line", async () => {
  for (const args of [["--prot", "1"], ["--port"], ["--port", "x"], ["--max-value-size", "1XB"]]) {
    const { code, stdout, stderr } = await runProcess(["serve", ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^cortado: [^\n]+\n$/);
  }
});

processTest("main.ts serve says that the port is in use with code 1 and one line", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await runProcess(["serve", "--port", `${other.addr.port}`]);
  assertEquals(code, 1);
  assertMatch(stderr, /^cortado: Cannot listen on [^\n]+\n$/);
});

processTest(
  "main.ts serve reads CORTADO_* with -P, and says that it finds no unknown one",
  async () => {
    const env = { CORTADO_MAX_BATCH: "7", CORTADO_COFFEE: "1" };
    await using server = new ServerProcess(["--port", "0"], { env, wholeLog: true });
    await server.address();
    server.kill("SIGTERM");
    const { code, stderr: [note = "", ...log] } = await server.end();
    assertEquals(code, 0);
    assertMatch(note, /^environment: unknown CORTADO_\* variables are not noticed/);
    assertEquals(log.filter((line) => !line.startsWith("limit ")), [SHUTTING_DOWN]);
    assertMatch(log.join("\n"), /^limit maxBatch +7 +\(environment CORTADO_MAX_BATCH\)$/m);
  },
);

processTest("main.ts serve refuses unknown variables where it may read all", async () => {
  const permissions = ["--allow-net=127.0.0.1", "--allow-env"];
  const options = { permissions, env: { CORTADO_PROT: "1" } };
  const { code, stdout, stderr } = await runProcess(["serve", "--port", "0"], options);
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    "cortado: Unknown environment variable CORTADO_PROT; did you mean CORTADO_PORT?\n",
  );
});

processTest("main.ts serve starts without leave to read its variables, and says so", async () => {
  const permissions = ["--allow-net=127.0.0.1", "--allow-env=CORTADO_PASSWORD"];
  const options = { permissions, env: { CORTADO_MAX_BATCH: "7" }, wholeLog: true };
  await using server = new ServerProcess(["--port", "0"], options);
  assertMatch(await server.address(), /^127\.0\.0\.1:\d+$/);
  const [note = ""] = await server.stderr.lines(1);
  assertMatch(note, /^environment: CORTADO_\w+ and \d+ more are not read, since Deno does not/);
});

processTest("main.ts serve without the permission says the flag to give", async () => {
  const { code, stderr } = await runProcess([
    ...["serve", "--host", "0.0.0.0", "--port", "1"],
    ...["--password", "secret"],
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "run again with --allow-net=0.0.0.0:1\n");
});

processTest("main.ts set and get move bytes unchanged through pipes", async () => {
  await using server = new ServerProcess(["--port", "0"]);
  const env = { CORTADO: await server.address() };
  const value = Uint8Array.from({ length: 200_000 }, (_, i) => [10, 0, 13, 255, i & 255][i % 5]!);
  const set = await runProcess(["set", "k", "-"], { env, stdin: value });
  assertEquals([set.code, set.stdout, set.stderr], [0, "OK\n", ""]);
  const get = await runProcess(["get", "k"], { env });
  assertEquals([get.code, get.stderr], [0, ""]);
  assertEquals(get.bytes, value);
});

processTest("main.ts repl runs commands from a pipe", async () => {
  await using server = new ServerProcess(["--port", "0"]);
  const stdin = utf8('set "a b" 007\nget "a b"\nget');
  const { code, stdout, stderr } = await runProcess(["repl", "--connect", await server.address()], {
    stdin,
  });
  assertEquals([code, stdout], [1, 'OK\n"007"\n']);
  assertEquals(stderr, "error: Cannot run get: KEY is missing; usage: get KEY\n");
});

processTest("main.ts serve --unix listens on a Unix socket, --no-tcp on it alone", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/cortado.sock`;
    const permissions = [
      `--allow-net=127.0.0.1,unix:${path}`,
      `--allow-read=${path}`,
      `--allow-write=${path}`,
      "--allow-env=CORTADO_PASSWORD",
    ];
    for (const [tcp, count] of [[["--port", "0"], 2], [["--no-tcp"], 1]] as const) {
      await using server = new ServerProcess(["--unix", path, ...tcp], { permissions });
      const lines = await server.stdout.lines(count);
      assertEquals(lines.at(-1), `listening on unix:${path}`);
      const ping = await runProcess(["ping", "--connect", `unix:${path}`], { permissions });
      assertEquals([ping.code, ping.stdout, ping.stderr], [0, "PONG\n", ""]);
      server.kill("SIGTERM");
      assertEquals(await server.end(), { code: 0, stdout: lines, stderr: [SHUTTING_DOWN] });
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}, { write: true });

processTest("main.ts serve prints an IPv6 address in brackets, where there is one", async () => {
  await using server = new ServerProcess(["--host", "::1", "--port", "0"]);
  const [line] = await server.stdout.lines(1);
  if (line === undefined) { // A machine without IPv6.
    const { code, stderr } = await server.end();
    assertEquals([code, stderr.length], [1, 1]);
    return assertStringIncludes(stderr[0] ?? "", "cortado: Cannot listen on [::1]:0: ");
  }
  assertMatch(line, /^listening on \[::1\]:\d+$/);
  const ping = await runProcess(["ping", "--connect", await server.address()]);
  assertEquals(ping.stdout, "PONG\n");
});
