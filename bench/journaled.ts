/**
 * Servers that keep what they have on disk.
 *
 * @module
 */

import { type ServerProcess, startCortado } from "./processes.ts";
import { startRedis } from "./redis_server.ts";

/** When what was written is made to reach the disk: each second, or before each reply. */
export type Fsync = "everysec" | "always";

/** A directory that is removed when it is disposed of. */
export interface TemporaryDirectory extends AsyncDisposable {
  /** Where it is. */
  readonly path: string;
}

/** Makes a directory for a server's files. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await Deno.makeTempDir({ prefix: "cortado-bench-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** How many bytes the files in a directory have, with those in directories in it. */
export async function sizeOf(directory: string): Promise<number> {
  let size = 0;
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    size += isDirectory ? await sizeOf(path) : (await Deno.stat(path)).size;
  }
  return size;
}

/** Starts the server of this project with a journal; `options` are more options for `serve`. */
export function startJournaled(
  directory: string,
  fsync: Fsync,
  options: readonly string[] = [],
): Promise<ServerProcess> {
  const permissions = [`--allow-read=${directory}`, `--allow-write=${directory}`];
  return startCortado(["--data", directory, "--fsync", fsync, ...options], permissions);
}

/** Starts redis-server with a journal, which it calls an append-only file. */
export function startRedisJournaled(
  directory: string,
  fsync: Fsync,
  options: readonly string[] = [],
): Promise<ServerProcess> {
  const where = ["--dir", directory, "--appendonly", "yes", "--appendfsync", fsync];
  return startRedis([...where, ...options]);
}
