/**
 * What a decoder sees of the bytes that were received.
 *
 * @module
 */

/**
 * The bytes that were received and that no message was made of yet, as a decoder sees them. A
 * {@linkcode ReadBuffer} is one.
 *
 * The waiting bytes are `bytes[start]` to `bytes[end - 1]`. A decoder may index `bytes` in that range
 * directly. It takes what it has understood with `take` or `skip`, and leaves the rest for the next call.
 *
 * @example A decoder that looks at a byte before it takes the message
 * ```ts
 * import { type Input, ReadBuffer } from "@cortado/cortado/bytes";
 * import { assertEquals } from "@std/assert";
 *
 * function decode(input: Input): Uint8Array | undefined {
 *   const size = input.bytes[input.start]!;
 *   if (input.length < size) return undefined;
 *   return input.take(size);
 * }
 * const input = new ReadBuffer();
 * input.append(Uint8Array.of(3, 7, 8, 2));
 * assertEquals(decode(input), Uint8Array.of(3, 7, 8));
 * assertEquals(decode(input), undefined);
 * ```
 */
export interface Input {
  /** Where the waiting bytes lie. Only `start` to `end` may be read; nothing may be written. */
  readonly bytes: Uint8Array;
  /** Index in `bytes` of the first byte that waits. */
  readonly start: number;
  /** Index in `bytes` one past the last byte that waits. */
  readonly end: number;
  /** How many bytes wait. */
  readonly length: number;
  /** How many bytes of the stream were taken before `start`. */
  readonly offset: number;

  /**
   * Takes the next `count` bytes, as a view that stays valid and unchanged; for a decoder that has `kept`,
   * until that says otherwise. The view keeps the memory block it lies in alive: copy what is kept for long.
   *
   * @throws {RangeError} When fewer bytes wait.
   */
  take(count: number): Uint8Array;

  /**
   * Takes the next `count` bytes without a view of them.
   *
   * @throws {RangeError} When fewer bytes wait.
   */
  skip(count: number): void;

  /**
   * Says that the next message is `count` bytes long from `start`. The decoder is not called again until
   * that many wait, and a message that arrives in many chunks is gathered with few copies.
   */
  need(count: number): void;
}
