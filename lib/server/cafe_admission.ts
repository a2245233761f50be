/**
 * What a CAFE client may send before it has authenticated.
 *
 * @module
 */

import { type Input, readU32 } from "../bytes/mod.ts";
import { CafeRequestDecoder, type DecodedRequest, type InflateLimit } from "../cafe/mod.ts";
import { ProtocolError } from "../model/mod.ts";

/** The longest key and value together before authentication, in bytes: as long as an argument of RESP. */
export const UNAUTHENTICATED_MAX_FRAME_SIZE = 16_384;

const BEFORE_AUTHENTICATION =
  "before authentication: send HELLO with the password first (option password)";

/** Where the lengths stand in a header. */
const LENGTHS_AT = 6;
const LENGTHS_END = 12;

/**
 * A decoder that takes only small requests until its client has authenticated. A large one that comes in
 * one packet with the HELLO before it waits until that is carried out.
 */
export class CafeAdmissionDecoder extends CafeRequestDecoder {
  /** Whether large requests are taken. */
  authenticated = true;
  #held = false;

  /** Whether a request waits for those before it, and then for an empty chunk. */
  override get held(): boolean {
    return this.#held || super.held;
  }

  /** No more than a plain request may have: 16 KiB of deflate may be 16 MiB. */
  protected override get inflateLimit(): InflateLimit {
    if (this.authenticated) return super.inflateLimit;
    return { size: UNAUTHENTICATED_MAX_FRAME_SIZE, reason: BEFORE_AUTHENTICATION };
  }

  /**
   * Takes the next request; `undefined` when it has not come whole, or is held.
   *
   * @throws {ProtocolError} `TOO_LARGE` when it is too large for a client that has not authenticated.
   */
  override decode(input: Input): DecodedRequest | undefined {
    if (!this.authenticated || this.#held) {
      const size = sizeOf(input);
      const over = !this.authenticated && size > UNAUTHENTICATED_MAX_FRAME_SIZE;
      if (over && this.#held) throw tooLarge(size, input.offset);
      this.#held = over;
      if (over) return undefined;
    }
    return super.decode(input);
  }
}

/** The length of the key and the value of the request that waits first; 0 when it is not known yet. */
function sizeOf({ bytes, start, length }: Input): number {
  if (length < LENGTHS_END) return 0;
  const keySize = bytes[start + LENGTHS_AT]! * 256 + bytes[start + LENGTHS_AT + 1]!;
  return keySize + readU32(bytes, start + LENGTHS_AT + 2);
}

function tooLarge(size: number, offset: number): ProtocolError {
  return new ProtocolError(
    "TOO_LARGE",
    offset,
    `Cannot decode frame: key_len and value_len ${size} exceed the limit ${UNAUTHENTICATED_MAX_FRAME_SIZE} ${BEFORE_AUTHENTICATION}`,
  );
}
