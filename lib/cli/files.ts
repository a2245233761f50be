/**
 * Files that are read.
 *
 * @module
 */

import { describe } from "./error.ts";

/** How often a file that grows is looked at, in milliseconds. */
const FOLLOW_INTERVAL = 100;
const CHUNK = 65_536;

/**
 * The bytes of a file. When it is followed, those that come to it too, until the signal.
 *
 * @throws {Error} When it cannot be read, or a file that is followed is not the same any more; the message
 *   says which, and what to do.
 */
export async function* readFile(path: string, follow?: AbortSignal): AsyncGenerator<Uint8Array> {
  using file = await open(path);
  let position = 0;
  while (!follow?.aborted) {
    const chunk = new Uint8Array(CHUNK);
    const size = await file.read(chunk).catch((error) => refuse(path, error));
    if (size !== null) {
      position += size;
      yield chunk.subarray(0, size);
    } else if (follow === undefined) return;
    else {
      await pause(follow);
      if (await isOther(path, file, position)) {
        throw new Error(`Cannot follow ${path}: it was cut or replaced`);
      }
    }
  }
}

/** Whether a file has become shorter, or its path leads to another one. */
async function isOther(path: string, file: Deno.FsFile, position: number): Promise<boolean> {
  const { size, dev, ino } = await file.stat();
  if (size < position) return true;
  try {
    const now = await Deno.stat(path);
    return now.dev !== dev || now.ino !== ino;
  } catch {
    return false; // It is gone, and its last bytes may still be written.
  }
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    refuse(path, error);
  }
}

function refuse(path: string, error: unknown): never {
  if (error instanceof Deno.errors.NotCapable) {
    throw new Error(`Cannot read ${path}: it needs --allow-read=${path}, or < ${path}`);
  }
  if (error instanceof Deno.errors.NotFound) {
    throw new Error(`Cannot read ${path}: there is no such file`);
  }
  throw new Error(`Cannot read ${path}: ${describe(error)}`);
}

/** Waits for a moment, or for the signal. */
async function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FOLLOW_INTERVAL);
  const end = () => resolve();
  signal.addEventListener("abort", end);
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
}
