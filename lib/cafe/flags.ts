/**
 * The flags of CAFE version 1 (docs/cafe.md, section 4).
 *
 * @module
 */

/** The flags, by name. */
export const FLAGS = {
  /** The value is raw deflate. */
  COMPRESSED: 0x0001,
  /** The value is AES-256-GCM. */
  ENCRYPTED: 0x0002,
  /** The frame ends with a CRC-32 of everything before it. */
  CHECKSUM: 0x0004,
  /** The frame ends with an HMAC-SHA-256 of everything before it. */
  SIGNED: 0x0008,
  /** The frame has a request id. */
  ID: 0x0010,
  /** The frame has a time to live. */
  TTL: 0x0020,
  /** The frame has an entry version. */
  VERSION: 0x0040,
  /** The value goes on in the next frame of the same id. */
  MORE: 0x0080,
  /** No reply, unless it is an error or the hit of a GET. */
  QUIET: 0x0100,
  /** The reply comes when the request, and all that was carried out before it, is on stable storage. */
  DURABLE: 0x0200,
} as const;

/** Bits that have no meaning yet and may one day change the length of a frame: none may be set. */
export const RESERVED_FLAGS = 0x0c00;

/** The names of the flags that are set, for people: `TTL, QUIET`. */
export function flagNames(flags: number): string {
  const known = Object.entries(FLAGS).filter(([, bit]) => flags & bit).map(([name]) => name);
  const rest = Object.values(FLAGS).reduce((left, bit) => left & ~bit, flags);
  if (rest !== 0) known.push(`0x${rest.toString(16).padStart(4, "0")}`);
  return known.join(", ");
}
