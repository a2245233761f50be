/**
 * Passwords as they are kept: scrypt, with a salt of their own.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { PasswordHash } from "../handler/mod.ts";

/** How much work a new hash is: 16 MiB of memory, and about 50 ms. */
const WORK = { cost: 16_384, blockSize: 8, parallelization: 1 } as const;

const SALT_SIZE = 16;
const HASH_SIZE = 32;
/** No hash may take more memory: a file must not make each login one that uses up the server. */
const MAX_MEMORY = 268_435_456;
const MAX_PARALLELIZATION = 16;
const MIN_SIZE = 16;
const MAX_SIZE = 64;

/** So many are worked out at once; the others wait, in order. */
const AT_ONCE = 2;

/** What a hash is written as, for messages. */
const FORM = "scrypt:N:r:p:SALT:HASH, as main.ts hash-password prints it";

/**
 * Makes the hash of a password, with a random salt.
 *
 * @example
 * ```ts
 * import { formatHash, hashPassword, isPassword, parseHash } from "@cortado/cortado/server";
 * import { assert, assertMatch } from "@std/assert";
 *
 * const password = new TextEncoder().encode("correct horse");
 * const text = formatHash(await hashPassword(password));
 * assertMatch(text, /^scrypt:16384:8:1:/);
 * assert(await isPassword(password, parseHash(text)));
 * ```
 */
export async function hashPassword(password: Uint8Array): Promise<PasswordHash> {
  const salt = new Uint8Array(randomBytes(SALT_SIZE));
  const hash = await derive(password, { ...WORK, salt, hash: new Uint8Array(HASH_SIZE) });
  return { ...WORK, salt, hash };
}

/** A hash as a text without spaces. */
export function formatHash(hash: PasswordHash): string {
  const { cost, blockSize, parallelization } = hash;
  return `scrypt:${cost}:${blockSize}:${parallelization}:` +
    `${hash.salt.toBase64()}:${hash.hash.toBase64()}`;
}

/**
 * Reads what {@linkcode formatHash} has written.
 *
 * @throws {RangeError} When it is no hash, or one that is too weak or takes too much memory. The message
 *   does not show it.
 */
export function parseHash(text: string): PasswordHash {
  const [, ...parts] = /^scrypt:(\d{1,9}):(\d{1,3}):(\d{1,3}):([^:]+):([^:]+)$/.exec(text) ?? [];
  const [cost, blockSize, parallelization] = parts.slice(0, 3).map(Number);
  if (cost === undefined || blockSize === undefined || parallelization === undefined) {
    throw new RangeError(`it is not ${FORM}`);
  }
  if (cost < 1_024 || (cost & (cost - 1)) !== 0) {
    throw new RangeError(`N ${cost} must be a power of two from 1024`);
  }
  if (blockSize < 1 || 128 * cost * blockSize > MAX_MEMORY) {
    throw new RangeError(`N ${cost} and r ${blockSize} must take from 1 to ${MAX_MEMORY} bytes`);
  }
  if (parallelization < 1 || parallelization > MAX_PARALLELIZATION) {
    throw new RangeError(`p ${parallelization} must be from 1 to ${MAX_PARALLELIZATION}`);
  }
  const salt = bytesOf("the salt", parts[3]!);
  return { cost, blockSize, parallelization, salt, hash: bytesOf("the hash", parts[4]!) };
}

function bytesOf(what: string, base64: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(base64);
  } catch {
    throw new RangeError(`${what} is not base64`);
  }
  if (bytes.length >= MIN_SIZE && bytes.length <= MAX_SIZE) return bytes;
  throw new RangeError(
    `${what} has ${bytes.length} bytes, and must have from ${MIN_SIZE} to ${MAX_SIZE}`,
  );
}

/** Whether a password is the one of a hash. The comparison takes the same time whatever is different. */
export async function isPassword(password: Uint8Array, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, expected), expected.hash);
}

let running = 0;
const waiting: (() => void)[] = [];

/** Works a hash out beside the event loop, when it is its turn. */
async function derive(password: Uint8Array, like: PasswordHash): Promise<Uint8Array> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await derived(password, like);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

function derived(
  password: Uint8Array,
  { cost, blockSize, parallelization, salt, hash }: PasswordHash,
): Promise<Uint8Array> {
  const options = { N: cost, r: blockSize, p: parallelization, maxmem: 2 * MAX_MEMORY };
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  scrypt(Buffer.from(password), Buffer.from(salt), hash.length, options, (error, key) => {
    if (error) reject(error);
    else resolve(new Uint8Array(key));
  });
  return promise;
}
