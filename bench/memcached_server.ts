/**
 * A memcached of our own.
 *
 * @module
 */

import { endProcess, type ServerProcess } from "./processes.ts";
import { accepting, freeAddress } from "./redis_server.ts";

/** Room for what benchmarks store, in MiB, and for the largest value of them. */
const MEMORY = 4_096;
const LARGEST = "32m";

/**
 * Starts memcached on a free port, with as many threads as it has by itself, and waits until it accepts.
 *
 * @throws {Deno.errors.NotFound} Where it is not installed.
 */
export async function startMemcached(): Promise<ServerProcess> {
  const { port } = freeAddress();
  const where = ["-l", "127.0.0.1", "-p", String(port), "-U", "0"];
  // It refuses to be root, and looks at the user only then.
  const args = [...where, "-m", String(MEMORY), "-I", LARGEST, "-c", "16384", "-u", "nobody"];
  const child = new Deno.Command("memcached", { args, stdin: "null", stdout: "null" }).spawn();
  await accepting("memcached", port);
  return { pid: child.pid, port, [Symbol.asyncDispose]: () => endProcess(child) };
}
