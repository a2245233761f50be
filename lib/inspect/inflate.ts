/**
 * Values that are compressed.
 *
 * @module
 */

import { inflateRawSync } from "node:zlib";

/** What a value inflates to, or why it does not. */
export interface Inflated {
  /** The bytes. */
  readonly bytes: Uint8Array | undefined;
  /** A sentence. */
  readonly fault: string | undefined;
}

/** Inflates raw deflate, to no more than `most` bytes. */
export function inflate(value: Uint8Array, most: number): Inflated {
  try {
    const bytes = inflateRawSync(value, { maxOutputLength: Math.max(1, most) });
    const { buffer, byteOffset, length } = bytes;
    return { bytes: new Uint8Array(buffer, byteOffset, length), fault: undefined };
  } catch (cause) {
    const isLarge = cause instanceof Error && "code" in cause &&
      cause.code === "ERR_BUFFER_TOO_LARGE";
    const fault = isLarge
      ? `the value inflates to more than ${most} bytes, and is shown as it is`
      : "the value is not raw deflate (RFC 1951)";
    return { bytes: undefined, fault };
  }
}
