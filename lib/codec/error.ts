/**
 * What a decoder throws.
 *
 * @module
 */

/**
 * The stream cannot be decoded from `offset` on, and none of its later bytes can be understood.
 *
 * @example
 * ```ts
 * import { BatchDecoder, DecodeError, LengthDelimitedDecoder } from "@cortado/cortado/codec";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const decoder = new BatchDecoder(new LengthDelimitedDecoder({ prefix: 1, maxLength: 10 }));
 * const error = assertThrows(() => decoder.push(Uint8Array.of(11), []), DecodeError);
 * assertEquals([error.code, error.offset], ["TOO_LARGE", 0]);
 * ```
 */
export class DecodeError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "DecodeError";
  /** What is wrong, for programs: `CUT`, `TOO_LARGE`, or a code of the protocol's own. */
  readonly code: string;
  /** Where the message that is wrong begins, in bytes from the start of the stream. */
  readonly offset: number;

  /** Makes the error; `message` says the action, the value and the limit, for people. */
  constructor(code: string, offset: number, message: string) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}
