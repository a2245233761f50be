/** Holds what workers take for plain GETs, and their answers, against the decoders and encoders. */

import { ReadBuffer } from "../../../lib/bytes/mod.ts";
import { DecodeError, type Decoder } from "../../../lib/codec/mod.ts";
import { CUT, OTHER, type PlainGets } from "../../../lib/server/plain/plain_get.ts";
import { assert, assertEquals } from "@std/assert";
import { Random } from "../../random.ts";

/** What a decoder takes first of some bytes. */
export type First =
  /** A GET whose answer is its value, or that there is none, and no more. */
  | { readonly is: "get"; readonly key: Uint8Array; readonly end: number }
  /** Another request. */
  | { readonly is: "other" }
  /** Nothing: it has not come whole, or never will. */
  | { readonly is: "none" };

/** A decoder, asked for the first request of a stream. */
export type FirstOf = (bytes: Uint8Array) => First;

/** Asks a decoder for the first request: `read` gives the key of a GET that is answered with its value and no more. */
export function firstOfDecoder<T>(
  newDecoder: () => Decoder<T>,
  read: (request: T) => Uint8Array | undefined,
): FirstOf {
  return (bytes) => {
    const input = new ReadBuffer();
    input.append(bytes);
    try {
      const request = newDecoder().decode(input);
      if (request === undefined) return { is: "none" };
      const key = read(request);
      return key === undefined ? { is: "other" } : { is: "get", key, end: input.offset };
    } catch (cause) {
      assert(cause instanceof DecodeError);
      return { is: "none" };
    }
  };
}

const around = new Random(5);

/**
 * Looks at bytes as a part of others, and asserts that the decoder finds no less and nothing else.
 *
 * @returns What `scan` has said; the end is counted from the start of the bytes.
 */
export function scanned(gets: PlainGets, bytes: Uint8Array, firstOf: FirstOf): number {
  const at = around.below(20);
  const block = around.bytes(at + bytes.length + around.below(40));
  block.set(bytes, at);
  const next = gets.scan(block, at, at + bytes.length);
  const first = firstOf(bytes.slice());
  if (next === CUT) {
    assertEquals(first.is, "none", `said to be cut: ${bytes.toHex()}`);
    return CUT;
  }
  if (next === OTHER) return OTHER;
  assert(next > at && next <= at + bytes.length, `ends at ${next - at}: ${bytes.toHex()}`);
  assert(first.is === "get", `said to be a plain GET: ${bytes.toHex()}`);
  const key = block.slice(gets.keyAt, gets.keyAt + gets.keyLength);
  assertEquals([next - at, key], [first.end, first.key]);
  return next - at;
}

/** Asserts that each beginning of a plain GET is cut, and that it is whole at its end. */
export function checkPrefixes(gets: PlainGets, request: Uint8Array, firstOf: FirstOf): void {
  for (let size = 0; size < request.length; size++) {
    assertEquals(scanned(gets, request.subarray(0, size), firstOf), CUT, `${size} bytes`);
  }
  assertEquals(scanned(gets, request, firstOf), request.length);
}

/** Looks at a request with each of its bytes as each other one; returns how many are plain GETs still. */
export function checkMutations(gets: PlainGets, request: Uint8Array, firstOf: FirstOf): number {
  let taken = 0;
  for (let at = 0; at < request.length; at++) {
    const mutated = request.slice();
    for (let byte = 0; byte < 256; byte++) {
      mutated[at] = byte;
      if (byte !== request[at] && scanned(gets, mutated, firstOf) > 0) taken++;
    }
  }
  return taken;
}

/** The answer of a hit, as a worker writes it at a place behind other bytes. */
export function hitOf(
  gets: PlainGets,
  request: Uint8Array,
  value: Uint8Array,
  at: number,
): Uint8Array {
  const out = new Uint8Array(at + value.length + 64).fill(0xee);
  out.set(value, at + gets.headSize(request, 0));
  return answerIn(out, at, gets.hit(request, 0, out, at, value.length));
}

/** The answer of a miss. */
export function missOf(gets: PlainGets, request: Uint8Array, at: number): Uint8Array {
  const out = new Uint8Array(at + 64).fill(0xee);
  return answerIn(out, at, gets.miss(request, 0, out, at));
}

function answerIn(out: Uint8Array, at: number, end: number): Uint8Array {
  assert(out.subarray(0, at).every((byte) => byte === 0xee), "something is written before it");
  assert(end <= out.length);
  return out.slice(at, end);
}

/** Lengths of values: all numbers of digits, and the changes from each to each other one. */
export const LENGTHS: readonly number[] = (() => {
  const sizes = [0, 1, 9, 10, 11, 99, 100, 101, 999, 1_000, 1_001, 9_999, 10_000, 32_767];
  return sizes.flatMap((from) => sizes.flatMap((to) => [from, to]));
})();
