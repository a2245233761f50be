/** Servers for tests, each on a port of its own: redis-server as a child process, Cortado in this one. */

import { serve } from "../../lib/server/mod.ts";

/** What can be started. */
export const KINDS = ["redis-server", "Cortado"] as const;

export type Kind = typeof KINDS[number];

/** How a server starts. */
export interface ServerOptions {
  /** Clients must give it. Default: none is asked for. */
  readonly password?: string;
  /** Whether it keeps its entries on disk. Default: it keeps nothing. */
  readonly keeps?: boolean;
}

/** A server that answers. It ends, and what it left on the disk goes, when it is disposed. */
export interface TestServer extends AsyncDisposable {
  readonly kind: Kind;
  readonly hostname: string;
  readonly port: number;
}

const HOSTNAME = "127.0.0.1";
/** How often a port is asked for: between asking and listening, another program may take it. */
const PORT_ATTEMPTS = 5;
const READY_TIMEOUT = 30_000;
const READY_INTERVAL = 10;

/** Starts a server, and waits until it answers. */
export async function startServer(kind: Kind, options: ServerOptions = {}): Promise<TestServer> {
  const { keeps = false } = options;
  const server = kind === "Cortado" ? await startCortado(keeps) : await startRedis(keeps);
  try {
    if (options.password !== undefined) {
      await setting(server.port, "requirepass", options.password);
    }
    return server;
  } catch (cause) {
    await server[Symbol.asyncDispose]();
    throw cause;
  }
}

async function startCortado(keeps: boolean): Promise<TestServer> {
  const directory = await Deno.makeTempDir();
  const server = await serve({
    hostname: HOSTNAME,
    port: 0,
    ...(keeps && { data: { directory } }),
  });
  return {
    kind: "Cortado",
    hostname: HOSTNAME,
    port: server.addr!.port,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function startRedis(keeps: boolean): Promise<TestServer> {
  for (let attempt = 1; attempt <= PORT_ATTEMPTS; attempt++) {
    const server = await Redis.start(freePort(), keeps);
    if (server !== undefined) return server;
  }
  throw new Error(`redis-server got none of ${PORT_ATTEMPTS} ports`);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: HOSTNAME, port: 0 });
  return listener.addr.port;
}

/** A redis-server in a directory of its own. */
class Redis implements TestServer {
  readonly kind = "redis-server";
  readonly hostname = HOSTNAME;
  readonly port: number;
  readonly #directory: string;
  readonly #process: Deno.ChildProcess;
  #ended = false;

  private constructor(port: number, directory: string, keeps: boolean) {
    this.port = port;
    this.#directory = directory;
    const where = ["--bind", HOSTNAME, "--port", `${port}`, "--dir", directory];
    this.#process = new Deno.Command("redis-server", {
      args: [...where, "--save", "", "--appendonly", keeps ? "yes" : "no"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#process.status.then(() => this.#ended = true);
  }

  /** Starts it; undefined when it has ended, as it does when somebody has the port. */
  static async start(port: number, keeps: boolean): Promise<Redis | undefined> {
    const redis = new Redis(port, await Deno.makeTempDir(), keeps);
    try {
      if (await redis.#answers()) return redis;
    } catch (cause) {
      await redis[Symbol.asyncDispose]();
      throw cause;
    }
    await redis[Symbol.asyncDispose]();
    return undefined;
  }

  /** Whether it answers before it ends. The process id tells it from another that has the port. */
  async #answers(): Promise<boolean> {
    const deadline = Date.now() + READY_TIMEOUT;
    while (!this.#ended) {
      const answer = await tryToTalk(this.port, ["PING", "INFO server"]);
      if (answer?.includes(`process_id:${this.#process.pid}\r\n`)) return true;
      if (Date.now() > deadline) {
        throw new Error(`redis-server is silent after ${READY_TIMEOUT} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, READY_INTERVAL));
    }
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#process.kill("SIGKILL");
    await this.#process.status;
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** Sets an option of a server that runs. */
async function setting(port: number, name: string, value: string): Promise<void> {
  const answer = await talk(port, [`CONFIG SET ${name} ${value}`]);
  if (!answer.startsWith("+OK\r\n")) throw new Error(`CONFIG SET ${name} got: ${answer}`);
}

/** Like {@linkcode talk}; undefined when nobody listens, or listens no more. */
async function tryToTalk(port: number, commands: readonly string[]): Promise<string | undefined> {
  try {
    return await talk(port, commands);
  } catch (cause) {
    if (cause instanceof Deno.errors.ConnectionRefused) return undefined;
    if (cause instanceof Deno.errors.ConnectionReset) return undefined;
    throw cause;
  }
}

/** Sends commands as lines, then QUIT, and returns all that comes back until the server closes. */
export async function talk(port: number, commands: readonly string[]): Promise<string> {
  using connection = await Deno.connect({ hostname: HOSTNAME, port });
  const lines = [...commands, "QUIT"].map((command) => `${command}\r\n`).join("");
  await connection.write(new TextEncoder().encode(lines));
  let received = "";
  const decoder = new TextDecoder();
  const room = new Uint8Array(65_536);
  for (let count = await connection.read(room); count !== null;) {
    received += decoder.decode(room.subarray(0, count), { stream: true });
    count = await connection.read(room);
  }
  return received;
}
