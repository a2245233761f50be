import { assertEquals, assertStringIncludes } from "@std/assert";
import { assertAlive, RawClient } from "./raw_client.ts";

const SERVER = new URL("./serve_process.ts", import.meta.url).pathname;

/** The lines of a stream of text. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** The next line. */
async function next(lines: Lines): Promise<string> {
  const { value } = await lines.next();
  if (value === undefined) throw new Error("the server has ended");
  return value;
}

type Lines = AsyncGenerator<string, void, void>;

/** A server with 64 descriptors: `fn` gets its port, that of HTTP, and what it logs. */
function test(
  name: string,
  fn: (port: number, admin: number, lines: Lines) => Promise<void>,
): void {
  Deno.test({
    name: `a server that has no file descriptor left ${name}`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const run = `ulimit -n 64; exec "$0" run --cached-only --no-lock --allow-net=127.0.0.1 "$1"`;
      const child = new Deno.Command("sh", {
        args: ["-c", run, Deno.execPath(), SERVER],
        stdout: "piped",
      }).spawn();
      const lines = linesOf(child.stdout);
      try {
        await fn(Number(await next(lines)), Number(await next(lines)), lines);
      } finally {
        child.kill("SIGKILL");
        await child.status;
        while (!(await lines.next()).done);
      }
    },
  });
}

function addressOf(port: number): Deno.NetAddr {
  return { transport: "tcp", hostname: "127.0.0.1", port };
}

/** Connects so often; what is refused, since nothing listens for a moment, is left out. */
async function connect(port: number, count: number): Promise<RawClient[]> {
  const connecting = Array.from({ length: count }, () => RawClient.connect(addressOf(port)));
  const settled = await Promise.allSettled(connecting);
  return settled.flatMap((client) => client.status === "fulfilled" ? [client.value] : []);
}

/** Waits until HTTP is answered again. */
async function assertHealthy(port: number): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (response !== undefined) return assertEquals(await response.text(), "ok\n");
  }
}

test("goes on when it has some again", async (port, _, lines) => {
  await assertAlive(addressOf(port));
  const clients = await connect(port, 100);
  assertStringIncludes(await next(lines), "cannot accept");
  for (const client of clients) client.close();
  await assertAlive(addressOf(port));
});

test("answers HTTP again when it has some again", async (port, admin, lines) => {
  const clients = await connect(admin, 100);
  assertStringIncludes(await next(lines), "cannot accept HTTP: Error: Too many open files");
  for (const client of clients) client.close();
  await assertAlive(addressOf(port));
  await assertHealthy(admin);
});

test(
  "because of its clients lives on when it is asked for its health",
  async (port, admin, lines) => {
    const clients = await connect(port, 100);
    assertStringIncludes(await next(lines), "cannot accept: ");
    const probes = await connect(admin, 1);
    for (let line = ""; !line.includes("cannot accept HTTP: "); line = await next(lines));
    for (const client of [...clients, ...probes]) client.close();
    await assertAlive(addressOf(port));
    await assertHealthy(admin);
  },
);
