import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { main } from "../../lib/cli/mod.ts";
import { serve, type ServeOptions, type Server } from "../../lib/server/mod.ts";
import { MemoryIo, run } from "./helpers.ts";

const HOST = "127.0.0.1";
const SMALL = ["--connections", "3", "--depth", "4", "--keys", "50", "--warmup", "0"];

function start(options: Partial<ServeOptions> = {}): Promise<Server> {
  return serve({ hostname: HOST, port: 0, ...options });
}

function load({ addr }: Server, ...words: string[]) {
  return run(["load", "--connect", `${HOST}:${addr!.port}`, ...SMALL, ...words]);
}

for (const protocol of ["cafe", "resp"]) {
  Deno.test(`load prints figures of a server in ${protocol}, and a histogram`, async () => {
    await using server = await start();
    const words = ["--protocol", protocol, "--prefill", "--verify", "--count", "500"];
    const { code, stdout, stderr } = await load(server, ...words);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(
      stdout,
      /^3 connections, depth 4, get=90,set=10, 50 keys of 16 bytes, values of 64 /,
    );
    assertMatch(stdout, new RegExp(`^${HOST}:\\d+, ${protocol}$`, "m"));
    assertMatch(stdout, /^ {2}requests +500 in \d+\.\d s: [\d,]+ a second$/m);
    assertMatch(stdout, /^ {2}sent +[\d.]+ MB\/s, [\d.]+ bytes a request$/m);
    assertMatch(stdout, /^ {2}own CPU +[\d.]+ us a request, \d+% of a processor$/m);
    assertMatch(stdout, /^ {2}latency, ms +min .* p50 .* p99\.99 [\d.]+ +max [\d.]+$/m);
    assertMatch(stdout, /^ +<= [\d.]+ ms \|#+ *\| +[\d.]+% {2}\d+$/m);
  });
}

/** The keys of an object and of all that it holds, arrays by their first item. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== "object" || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]));
}

const TIMES = {
  min: "number",
  mean: "number",
  p50: "number",
  p90: "number",
  p99: "number",
  p999: "number",
  p9999: "number",
  max: "number",
};
const SPREAD = {
  median: "number",
  quartile: "number",
  medianRatio: "number",
  quartileRatio: "number",
};

Deno.test("load --json prints one object of a fixed shape", async () => {
  await using server = await start();
  const address = `${HOST}:${server.addr!.port}`;
  const args = ["--connect", `a=${address},b=${address}`, "--protocol", "cafe,resp", "--json"];
  const more = ["--rounds", "3", "--rate", "2000/s", "--duration", "90ms", "--mix", "get=1,ping=1"];
  const { code, stdout, stderr } = await run(["load", ...args, ...SMALL, ...more]);
  assertEquals([code, stderr], [0, ""]);
  const output = JSON.parse(stdout);
  assertEquals(shapeOf(output), {
    settings: {
      connections: "number",
      depth: "number",
      keys: "number",
      keySize: "number",
      valueSize: ["number"],
      skew: "number",
      mix: "string",
      rate: "number",
      duration: "number",
      count: null,
      warmup: "number",
      seed: "number",
      timeout: "number",
      rounds: "number",
      prefill: "boolean",
      verify: "boolean",
    },
    interrupted: "boolean",
    servers: [{
      name: "string",
      address: "string",
      protocol: "string",
      requests: "number",
      seconds: "number",
      requestsPerSecond: "number",
      bytesSentPerRequest: "number",
      bytesReceivedPerRequest: "number",
      megabytesSentPerSecond: "number",
      megabytesReceivedPerSecond: "number",
      ownCpuMicrosPerRequest: "number",
      ownCpuPart: "number",
      misses: "number",
      errors: {},
      latency: TIMES,
      lateness: { ...TIMES, unsent: "number" },
      histogram: [["number"]],
      rounds: [{
        requestsPerSecond: "number",
        p50: "number",
        p99: "number",
        ownCpuMicrosPerRequest: "number",
      }],
      failure: null,
    }],
    comparison: [{ name: "string", requestsPerSecond: SPREAD, p50: SPREAD, p99: SPREAD }],
  });
  const [first, second] = output.servers;
  assertEquals([first.name, second.name, first.rounds.length], ["a", "b", 3]);
  assertEquals([first.protocol, second.protocol], ["cafe", "resp"]);
  const requests = first.requests + first.lateness.unsent;
  assertEquals(requests, 180);
  assertEquals(output.comparison[0].p50.medianRatio, 1);
});

Deno.test("load compares servers in a table", async () => {
  await using server = await start();
  const address = `${HOST}:${server.addr!.port}`;
  const args = ["--connect", `a=${address},b=${address}`, "--rounds", "3", "--count", "300"];
  const { code, stdout } = await run(["load", ...args, ...SMALL]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "ratios to the first server:\nserver  requests/s ");
  assertMatch(stdout, /^a +[\d,]+ +[\d,]+ +1\.00 +1\.00 +[\d.]+ +1\.00 +[\d.]+ +1\.00$/m);
  assertMatch(stdout, /^b +[\d,]+ +[\d,]+ +\d+\.\d\d /m);
});

Deno.test("load exits with 1 when a reply was an error, and tells which", async () => {
  await using server = await start({ maxMemory: 1 });
  const { code, stdout, stderr } = await load(server, "--mix", "set=1", "--count", "100");
  assertEquals([code, stderr], [1, ""]);
  assertMatch(stdout, /^ {2}errors +99 of OUT_OF_MEMORY; the first: /m);
});

Deno.test("load exits with 1 where nobody listens, and says so", async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stdout, stderr } = await run(["load", "--connect", `${HOST}:${port}`]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^cortado: Cannot connect to .*refused.*; is the server running\?\n$/s);
});

Deno.test("load exits with 2 for numbers that cannot be", async () => {
  const { code, stderr } = await run(["load", "--keys", "10000", "--key-size", "5"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "cortado: Cannot use size of 10000 keys 5: ");
});

Deno.test("load prints what was measured when the server dies, and exits with 1", async () => {
  const server = await start();
  const io = new MemoryIo({ terminal: true });
  const args = ["--connect", `${HOST}:${server.addr!.port}`, ...SMALL, "--duration", "1m"];
  const running = main(["load", ...args], io);
  await io.stderr.waitFor(" a second, 0 errors");
  await server.shutdown();
  assertEquals(await running, 1);
  assertMatch(io.stdout.text, /^ {2}requests +[1-9]/m);
  assertMatch(io.stderr.text, /cortado: Cannot go on with 127\.0\.0\.1:\d+: /);
});

Deno.test("load logs in with the password of the environment", async () => {
  await using server = await start({ password: "secret" });
  const args = ["load", "--connect", `${HOST}:${server.addr!.port}`, ...SMALL, "--count", "20"];
  assertEquals((await run(args, { env: { CORTADO_PASSWORD: "secret" } })).code, 0);
  const { code, stderr } = await run(args, { env: { CORTADO_PASSWORD: "wrong" } });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "the server refuses the login");
});

Deno.test("Ctrl-C ends load with 130, and it prints what was measured; a terminal sees progress", async () => {
  await using server = await start();
  const io = new MemoryIo({ terminal: true });
  const running = main(["load", "--connect", `${HOST}:${server.addr!.port}`, ...SMALL], io);
  await io.stderr.waitFor(" a second, 0 errors");
  io.signal(130);
  assertEquals(await running, 130);
  assertMatch(io.stdout.text, /^ {2}requests +[1-9]/m);
  assertMatch(io.stderr.text, /round 1 of 1: [\d,]+ requests/);
  assert(io.stderr.text.endsWith("\r\x1b[K"));
  assertEquals(io.listeners, 0);
});
