/**
 * A redis-server of our own.
 *
 * @module
 */

import { endProcess, type ServerProcess } from "./processes.ts";

/**
 * Starts redis-server on a free port, in memory only, and waits until it accepts.
 *
 * @throws {Deno.errors.NotFound} Where it is not installed.
 */
export async function startRedis(maxClients = 10_000): Promise<ServerProcess> {
  const { port } = freeAddress();
  const settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const args = ["--port", String(port), "--maxclients", String(maxClients), ...settings];
  const child = new Deno.Command("redis-server", { args, stdin: "null", stdout: "null" }).spawn();
  await accepting(port);
  return { pid: child.pid, port, [Symbol.asyncDispose]: () => endProcess(child) };
}

function freeAddress(): Deno.NetAddr {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr;
}

async function accepting(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (cause) {
      if (!(cause instanceof Deno.errors.ConnectionRefused)) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error(`Cannot reach redis-server: nobody accepts on port ${port}`);
}
