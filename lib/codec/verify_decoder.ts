/**
 * The tests that every decoder should pass.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { equals } from "@std/bytes";
import { BatchDecoder, type Decoder } from "./decoder.ts";
import { DecodeError } from "./error.ts";

/** What {@linkcode verifyDecoder} checks. */
export interface VerifyDecoderOptions<T> {
  /** Makes a new decoder in its first state. Called some hundred times. */
  readonly decoder: () => Decoder<T>;
  /** A stream of at least one message, up to a few KiB: every place to cut it is tried. */
  readonly input: Uint8Array;
  /** The messages in `input`. */
  readonly messages: readonly T[];
  /** How the stream ends, when it is corrupt or cut: the error's code and offset. */
  readonly error?: { readonly code: string; readonly offset: number };
  /** How many ways to cut the stream in three are tried. Default 200. */
  readonly cutsInThree?: number;
}

/** A longer stream is cut at this many places, evenly spread. */
const MAX_CUTS = 4_096;

/** Every stream is also decoded this many times over, in one chunk. */
const REPEATS = 3;

/**
 * Decodes one stream in many ways, and checks that the result never differs: whole; byte by byte; cut in
 * two at every place; cut in three at a sample of places; several times over in one chunk. Each is done
 * with chunks in buffers of their own, side by side in one buffer, and in the middle of larger buffers
 * with guard bytes around them. Messages are compared only after the last one is decoded, the input must be
 * unchanged, and no bytes may be left over.
 *
 * @throws {AssertionError} When a result differs: the message says in which way the stream was cut.
 *
 * @example
 * ```ts
 * import { LengthDelimitedDecoder } from "@cortado/cortado/codec";
 * import { verifyDecoder } from "@cortado/cortado/verify-decoder";
 *
 * verifyDecoder({
 *   decoder: () => new LengthDelimitedDecoder({ prefix: 1 }),
 *   input: Uint8Array.of(2, 7, 8, 0, 1, 9),
 *   messages: [Uint8Array.of(7, 8), new Uint8Array(0), Uint8Array.of(9)],
 * });
 * ```
 */
export function verifyDecoder<T>(options: VerifyDecoderOptions<T>): void {
  const { input, messages, error, cutsInThree = 200 } = options;
  const { length } = input;
  check(options, "whole", [input]);
  check(options, "byte by byte", cut(input, [...input.keys()].slice(1)));
  const step = Math.max(1, Math.ceil(length / MAX_CUTS));
  for (let at = 0; at <= length; at += step) check(options, `cut at ${at}`, cut(input, [at]));
  for (const [a, b] of pairs(length, cutsInThree)) {
    check(options, `cut at ${a} and ${b}`, cut(input, [a, b]));
  }
  if (error !== undefined || endsWithStream(options)) return;
  const many = new Uint8Array(length * REPEATS);
  for (let i = 0; i < REPEATS; i++) many.set(input, i * length);
  const expected = Array.from({ length: REPEATS }, () => messages).flat();
  check({ ...options, messages: expected }, `${REPEATS} times over`, [many]);
}

/** Whether only the end of the stream completes the last message: such a stream cannot be repeated. */
function endsWithStream<T>({ decoder, input }: VerifyDecoderOptions<T>): boolean {
  const batches = new BatchDecoder(decoder());
  batches.push(input.slice(), []);
  return batches.waiting > 0;
}

/** Decodes the chunks once for each way to place them in memory. */
function check<T>(options: VerifyDecoderOptions<T>, how: string, chunks: Uint8Array[]): void {
  for (const [place, lay] of Object.entries(PLACES)) {
    const { chunks: placed, unchanged } = lay(chunks);
    const name = `${how}, ${place}`;
    const { messages, error } = run(options.decoder(), placed);
    if (!surelyAllEqual(messages, options.messages)) {
      assertEquals(messages, options.messages, `Decoder gives other messages: ${name}`);
    }
    assertEquals(error, options.error, `Decoder ends in another way: ${name}`);
    assert(unchanged(), `Decoder wrote to its input or around it: ${name}`);
  }
}

/** Deeper values, and cyclic ones, are left to `assertEquals`. */
const MAX_DEPTH = 16;

/** Saves most calls of `assertEquals`, which takes ten times as long and decides where this is false. */
function surelyAllEqual(actual: readonly unknown[], expected: readonly unknown[]): boolean {
  return actual.length === expected.length &&
    actual.every((message, i) => surelyEqual(message, expected[i], MAX_DEPTH));
}

/** Whether `assertEquals` would surely find two values equal; false where that is not known. */
function surelyEqual(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b) || depth === 0) return false;
  if (prototype === Uint8Array.prototype) return equals(a as Uint8Array, b as Uint8Array);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
  const keys = Reflect.ownKeys(a);
  return keys.length === Reflect.ownKeys(b).length &&
    keys.every((key) =>
      Object.hasOwn(b, key) && surelyEqual(Reflect.get(a, key), Reflect.get(b, key), depth - 1)
    );
}

interface Result<T> {
  readonly messages: T[];
  readonly error: { readonly code: string; readonly offset: number } | undefined;
}

/** The messages are compared only when everything is decoded: one whose bytes were overwritten shows. */
function run<T>(decoder: Decoder<T>, chunks: Uint8Array[]): Result<T> {
  const messages: T[] = [];
  const batches = new BatchDecoder(decoder);
  try {
    for (const chunk of chunks) batches.push(chunk, messages);
    batches.end(messages);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { messages, error: { code: error.code, offset: error.offset } };
  }
  return { messages, error: undefined };
}

interface Placed {
  readonly chunks: Uint8Array[];
  readonly unchanged: () => boolean;
}

const GUARD = 5;

const PLACES: Readonly<Record<string, (chunks: Uint8Array[]) => Placed>> = {
  "each chunk in a buffer of its own": (chunks) => watch(chunks.map((chunk) => chunk.slice())),
  "all chunks side by side": (chunks) => watch(sideBySide(chunks)),
  "each chunk between guard bytes 0x00": (chunks) => watch(chunks.map((c) => guarded(c, 0x00))),
  "each chunk between guard bytes 0xff": (chunks) => watch(chunks.map((c) => guarded(c, 0xff))),
};

function watch(chunks: Uint8Array[]): Placed {
  const buffers = new Set(chunks.map((chunk) => chunk.buffer));
  const memory = [...buffers].map((buffer) => new Uint8Array(buffer));
  const before = memory.map((bytes) => bytes.slice());
  return { chunks, unchanged: () => memory.every((bytes, i) => equals(bytes, before[i]!)) };
}

function guarded(chunk: Uint8Array, guard: number): Uint8Array {
  const memory = new Uint8Array(chunk.length + 2 * GUARD).fill(guard);
  memory.set(chunk, GUARD);
  return memory.subarray(GUARD, GUARD + chunk.length);
}

function sideBySide(chunks: Uint8Array[]): Uint8Array[] {
  const memory = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  return chunks.map((chunk) => {
    memory.set(chunk, at);
    at += chunk.length;
    return memory.subarray(at - chunk.length, at);
  });
}

function cut(input: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places, input.length];
  return edges.slice(1).map((end, i) => input.subarray(edges[i]!, end));
}

/** Pairs of places to cut at, spread evenly over all there are. */
function* pairs(length: number, count: number): Generator<[number, number]> {
  const all = (length * (length - 1)) / 2;
  const step = Math.max(1, all / count);
  let index = 0;
  let next = 0;
  for (let a = 0; a < length; a++) {
    // Pairs (a, b) with a < b < length are `length - 1 - a` in a row.
    for (; next < index + length - 1 - a; next += step) yield [a, a + 1 + Math.floor(next - index)];
    index += length - 1 - a;
  }
}
