/**
 * What the codec takes from `node:zlib`, for browsers: lib/console/bundle.json puts it in its place.
 *
 * @module
 */

import { inflateRaw } from "./inflate.ts";

const POLYNOMIAL = 0xedb88320;

/** What a byte does to a checksum. */
const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** The CRC-32 of bytes behind others that have the checksum `before`. */
export function crc32(bytes: Uint8Array, before: number = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Inflates raw deflate. */
export function inflateRawSync(
  bytes: Uint8Array,
  { maxOutputLength = Infinity }: { readonly maxOutputLength?: number } = {},
): Uint8Array {
  return inflateRaw(bytes, maxOutputLength);
}

/** Is asked for by what compresses frames, which the console does not do. */
export function deflateRawSync(): never {
  throw new TypeError("Cannot deflate in a browser");
}
