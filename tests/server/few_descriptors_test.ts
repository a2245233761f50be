import { assertStringIncludes } from "@std/assert";
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
async function next(lines: AsyncGenerator<string, void, void>): Promise<string> {
  const { value } = await lines.next();
  if (value === undefined) throw new Error("the server has ended");
  return value;
}

/** Opens more connections than the server has descriptors, closes them, and asks for an answer. */
async function exhaust(lines: AsyncGenerator<string, void, void>): Promise<void> {
  const port = Number(await next(lines));
  const address: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port };
  await assertAlive(address);
  const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(address)));
  assertStringIncludes(await next(lines), "cannot accept");
  for (const client of clients) client.close();
  await assertAlive(address);
}

Deno.test({
  name: "a server that has no file descriptor left goes on when it has some again",
  ignore: Deno.build.os === "windows",
  async fn() {
    const run = `ulimit -n 64; exec "$0" run --cached-only --no-lock --allow-net=127.0.0.1 "$1"`;
    const child = new Deno.Command("sh", {
      args: ["-c", run, Deno.execPath(), SERVER],
      stdout: "piped",
    }).spawn();
    const lines = linesOf(child.stdout);
    try {
      await exhaust(lines);
    } finally {
      child.kill("SIGKILL");
      await child.status;
      while (!(await lines.next()).done);
    }
  },
});
