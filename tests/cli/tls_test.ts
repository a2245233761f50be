import { main } from "../../lib/cli/mod.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CA_PATH, FIRST, type Pair, replace, SECOND, withPair } from "../tls/files.ts";
import { MemoryIo, run } from "./helpers.ts";
import { runProcess, ServerProcess } from "./process.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: `serve --tls-port ${name}`,
    permissions: { net: ["127.0.0.1"], read: true, write: true },
    fn,
  });
}

function argsOf({ certificate, key }: Pair): string[] {
  return ["--tls-port", "0", "--tls-cert", certificate, "--tls-key", key];
}

/** Runs a server of TLS alone in this process while something happens; `address` is as announced. */
async function serving(
  pair: Pair,
  fn: (address: string, io: MemoryIo) => Promise<void>,
): Promise<void> {
  const io = new MemoryIo();
  const done = main(["serve", "--no-tcp", ...argsOf(pair)], io);
  await io.stdout.waitFor("\n");
  await fn(io.stdout.text.trim().replace("listening on ", ""), io);
  io.signal(143);
  assertEquals([await done, io.listeners], [0, 0]);
}

test("announces its address, which clients take as it is, or with --tls", async () => {
  await serving(FIRST, async (address) => {
    assertMatch(address, /^tls:127\.0\.0\.1:[1-9]\d*$/);
    const trusting = ["--ca", CA_PATH];
    assertEquals((await run(["ping", "--connect", address, ...trusting])).stdout, "PONG\n");
    const plain = address.replace("tls:", "");
    assertEquals((await run(["ping", "--connect", plain, ...trusting])).stdout, "PONG\n");
    const repl = await run(["repl", "--connect", address, ...trusting], { stdin: "incr n\n" });
    assertEquals([repl.code, repl.stdout], [0, "1\n"]);
    for (const tls of [[address], [plain, "--tls"]]) {
      const { code, stderr } = await run(["ping", "--connect", ...tls]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `Cannot connect to ${address}: `);
      assertStringIncludes(stderr, "UnknownIssuer; give the certificate that it is signed with");
    }
  });
});

test("reads the certificate again at SIGHUP, and says when it cannot", async () => {
  await withPair(async (pair) => {
    await serving(pair, async (address, io) => {
      await replace(pair, SECOND);
      io.reload();
      await io.stderr.waitFor("TLS: new connections see the certificate that was read now");
      assertEquals((await run(["ping", "--connect", address, "--ca", CA_PATH])).code, 0);
      await Deno.remove(pair.key);
      io.reload();
      await io.stderr.waitFor(`TLS: the old certificate stays: Cannot use key ${pair.key}: `);
      assertEquals((await run(["ping", "--connect", address, "--ca", CA_PATH])).code, 0);
    });
  });
});

test("names the option whose file is wrong, and the ones that are missing", async () => {
  const wrong = await run(["serve", "--no-tcp", ...argsOf({ ...FIRST, key: SECOND.key })]);
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.stderr, "cortado: Option --tls-key: Cannot use key ");
  const absent = await run(["serve", "--no-tcp", ...argsOf({ ...FIRST, certificate: "/none" })]);
  assertStringIncludes(absent.stderr, "cortado: Option --tls-cert: Cannot use certificate /none: ");
  const half = await run(["serve", "--tls-port", "0"]);
  assertEquals([half.code, half.stderr], [
    2,
    "cortado: Cannot listen with TLS: give all of --tls-port, --tls-cert and --tls-key\n",
  ]);
});

Deno.test({
  name: "serve --tls-port and --ca say which files Deno does not permit to read",
  permissions: "none",
  async fn() {
    const { code, stderr } = await run([
      "serve",
      "--no-tcp",
      ...argsOf({ certificate: "/c", key: "/k" }),
    ]);
    assertEquals([code, stderr], [
      1,
      "cortado: Cannot read /c and /k: Deno does not permit it; run again with " +
      "--allow-read=/c,/k\n",
    ]);
    const ping = await run(["ping", "--ca", "/ca"]);
    assertEquals([ping.code, ping.stderr], [
      1,
      "cortado: Option --ca: cannot read /ca: Deno does not permit it; run again with " +
      "--allow-read=/ca\n",
    ]);
    const unix = await run(["ping", "--connect", "unix:/x", "--tls"]);
    assertEquals(unix.code, 2);
    assertStringIncludes(unix.stderr, "Cannot speak TLS over a Unix socket");
  },
});

Deno.test({
  name: "main.ts serve reads its certificate again at SIGHUP, and runs on",
  ignore: Deno.build.os === "windows",
  permissions: { run: true, read: true, write: true, net: ["127.0.0.1"] },
  async fn() {
    await withPair(async (pair, directory) => {
      const permissions = [
        "--allow-net=127.0.0.1",
        `--allow-read=${directory},${CA_PATH}`,
        "--allow-env=CORTADO,CORTADO_PASSWORD",
      ];
      await using server = new ServerProcess(["--no-tcp", ...argsOf(pair)], { permissions });
      const address = await server.address();
      await replace(pair, SECOND);
      server.kill("SIGHUP");
      assertEquals(await server.stderr.lines(1), [
        "TLS: new connections see the certificate that was read now",
      ]);
      const args = ["ping", "--connect", address, "--ca", CA_PATH];
      const { code, stdout, stderr } = await runProcess(args, { permissions });
      assertEquals([code, stdout, stderr], [0, "PONG\n", ""]);
      server.kill("SIGTERM");
      assertEquals((await server.end()).code, 0);
    });
  },
});
