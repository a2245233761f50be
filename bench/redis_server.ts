/**
 * A redis-server of our own.
 *
 * @module
 */

import { endProcess, type ServerProcess } from "./processes.ts";

/** How often it is tried to reach a server that starts, and how long is waited in between. */
const ATTEMPTS = 1_000;
const PAUSE = 5;

/**
 * Starts redis-server on a free port, in memory only, and waits until it accepts.
 *
 * @param options More options, which may say otherwise.
 * @throws {Deno.errors.NotFound} Where it is not installed.
 */
export async function startRedis(options: readonly string[] = []): Promise<ServerProcess> {
  const { port } = freeAddress();
  const settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const args = ["--port", String(port), ...settings, ...options];
  const child = new Deno.Command("redis-server", { args, stdin: "null", stdout: "null" }).spawn();
  await accepting("redis-server", port);
  return { pid: child.pid, port, [Symbol.asyncDispose]: () => endProcess(child) };
}

/** An address on which nobody listens. */
export function freeAddress(): Deno.NetAddr {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr;
}

/**
 * Waits until somebody accepts on a port.
 *
 * @throws {Error} When nobody does for five seconds.
 */
export async function accepting(name: string, port: number): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (cause) {
      if (!(cause instanceof Deno.errors.ConnectionRefused)) throw cause;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
  throw new Error(`Cannot reach ${name}: nobody accepts on port ${port}`);
}
