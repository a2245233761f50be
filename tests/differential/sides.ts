/** The servers that are compared. */

import { RespConnection, type Socket } from "./connection.ts";

/** A server to send a sequence to. */
export interface Side extends AsyncDisposable {
  readonly name: string;
  connect(): Promise<Socket>;
}

/** A redis-server on a Unix socket. */
export interface RedisSide extends Side {
  connect(): Promise<Deno.UnixConn>;
}

/** Whether redis-server can be started. */
export async function isInstalled(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("redis-server", { args: ["--version"] }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Starts a redis-server, with more options if any, on a socket in a directory of its own. */
export async function startRedis(...options: readonly string[]): Promise<RedisSide> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/redis.sock`;
  const files = ["--dir", directory, "--save", "", "--appendonly", "no"];
  const process = new Deno.Command("redis-server", {
    args: ["--port", "0", "--unixsocket", path, ...files, ...options],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  await untilReady(process.stdout);
  return {
    name: "redis",
    connect: () => Deno.connect({ transport: "unix", path }),
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function untilReady(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  let log = "";
  const reader = output.pipeThrough(new TextDecoderStream()).getReader();
  while (!log.includes("ready to accept connections")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`redis-server ended: ${log}`);
    log += value;
  }
  await reader.cancel();
}

/** Makes a connection to a side. */
export async function connectTo(side: Side): Promise<RespConnection> {
  return new RespConnection(await side.connect());
}
