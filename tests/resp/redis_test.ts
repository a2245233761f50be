/** The table of raw inputs, against redis-server where it is installed, and against this project. */

import { assertEquals } from "@std/assert";
import { type Case, CASES, UNAUTHENTICATED } from "./hostile.ts";
import { raw, Server, shown } from "./helpers.ts";

const installed = await isInstalled();

async function isInstalled(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("redis-server", { args: ["--version"] }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A redis-server of its own, on a socket in a directory of its own. */
class Redis implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #directory: string;
  readonly #path: string;

  private constructor(directory: string, options: string[]) {
    this.#directory = directory;
    this.#path = `${directory}/redis.sock`;
    this.#process = new Deno.Command("redis-server", {
      args: ["--port", "0", "--unixsocket", this.#path, "--dir", directory, ...options],
      stdout: "piped",
      stderr: "null",
    }).spawn();
  }

  static async start(...options: string[]): Promise<Redis> {
    const directory = await Deno.makeTempDir();
    const redis = new Redis(directory, ["--save", "", "--appendonly", "no", ...options]);
    let log = "";
    const reader = redis.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    while (!log.includes("ready to accept connections")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`redis-server ended: ${log}`);
      log += value;
    }
    await reader.cancel();
    return redis;
  }

  /** All that it sends for these bytes and the end of the stream. */
  async replies(input: Uint8Array): Promise<string> {
    using connection = await Deno.connect({ transport: "unix", path: this.#path });
    const received = readAll(connection);
    try {
      for (let at = 0; at < input.length;) at += await connection.write(input.subarray(at));
      await connection.closeWrite();
    } catch (error) {
      // It has refused the stream, and closed the connection before all was sent.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
    return await received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await Deno.remove(this.#directory, { recursive: true });
  }
}

async function readAll(connection: Deno.Conn): Promise<string> {
  const room = new Uint8Array(65_536);
  let received = "";
  try {
    for (let count: number | null = 0; count !== null; count = await connection.read(room)) {
      received += shown(room.subarray(0, count));
    }
  } catch (error) {
    // What was sent and not read when it closed the connection.
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  return received;
}

async function ask(redis: Redis, cases: readonly Case[]): Promise<void> {
  for (const { name, input, reply } of cases) {
    assertEquals(await redis.replies(raw(input)), reply, name);
  }
}

Deno.test({
  name: "redis-server answers the table of raw inputs as it says",
  ignore: !installed,
  async fn() {
    await using redis = await Redis.start();
    await ask(redis, CASES);
  },
});

Deno.test({
  name: "redis-server answers unauthenticated connections as the table says",
  ignore: !installed,
  async fn() {
    await using redis = await Redis.start("--requirepass", "secret");
    await ask(redis, UNAUTHENTICATED);
  },
});

for (const { name, input, reply, ours = reply } of CASES) {
  Deno.test(
    `the decoder answers as redis-server, or as is said: ${name}`,
    { permissions: "none" },
    () => {
      assertEquals(new Server().receive(raw(input)), ours);
    },
  );
}

for (const { name, input, reply, ours = reply } of UNAUTHENTICATED) {
  Deno.test(`unauthenticated, the decoder answers as redis-server: ${name}`, {
    permissions: "none",
  }, () => {
    assertEquals(new Server("secret").receive(raw(input)), ours);
  });
}
