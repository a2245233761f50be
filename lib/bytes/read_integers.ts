/**
 * Integers in received bytes: what the integer methods of a `WriteBuffer` write.
 *
 * All are big-endian. The caller checks that the bytes are there: past the end of an array the result is
 * not specified.
 *
 * @module
 */

/**
 * Reads an unsigned 16-bit integer.
 *
 * @param bytes Where it lies.
 * @param at The index of its first byte.
 *
 * @example
 * ```ts
 * import { readU16 } from "@cortado/cortado/bytes";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readU16(Uint8Array.of(9, 0x01, 0x02), 1), 258);
 * ```
 */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/**
 * Reads an unsigned 32-bit integer.
 *
 * @param bytes Where it lies.
 * @param at The index of its first byte.
 *
 * @example In a decoder, after a check that the bytes have come
 * ```ts
 * import { readU32 } from "@cortado/cortado/bytes";
 * import { BatchDecoder, type Decoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const numbers: Decoder<number> = {
 *   decode(input) {
 *     if (input.length < 4) return undefined;
 *     const value = readU32(input.bytes, input.start);
 *     input.skip(4);
 *     return value;
 *   },
 * };
 * const decoded: number[] = [];
 * new BatchDecoder(numbers).push(Uint8Array.of(0, 0, 1, 2, 255, 255, 255, 255), decoded);
 * assertEquals(decoded, [258, 4_294_967_295]);
 * ```
 */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>>
    0;
}

/**
 * Reads an unsigned 64-bit integer. The result is exact when it is a safe integer, and is never a safe
 * integer when it is not: `Number.isSafeInteger` tells.
 *
 * @param bytes Where it lies.
 * @param at The index of its first byte.
 *
 * @example
 * ```ts
 * import { readU64 } from "@cortado/cortado/bytes";
 * import { assert, assertEquals } from "@std/assert";
 *
 * assertEquals(readU64(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2), 0), 2 ** 32 + 2);
 * assert(!Number.isSafeInteger(readU64(new Uint8Array(8).fill(0xff), 0)));
 * ```
 */
export function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 4);
}

/**
 * Reads a signed 64-bit integer in two's complement.
 *
 * @param bytes Where it lies.
 * @param at The index of its first byte.
 *
 * @example
 * ```ts
 * import { readI64 } from "@cortado/cortado/bytes";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readI64(new Uint8Array(8).fill(0xff), 0), -1n);
 * ```
 */
export function readI64(bytes: Uint8Array, at: number): bigint {
  return BigInt.asIntN(64, (BigInt(readU32(bytes, at)) << 32n) | BigInt(readU32(bytes, at + 4)));
}
