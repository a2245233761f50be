/**
 * Checksums.
 *
 * @module
 */

import { crc32 as zlibCrc32 } from "node:zlib";

/**
 * The CRC-32 (ISO-HDLC: zlib's, gzip's and PNG's polynomial 0xEDB88320) of bytes given in pieces.
 *
 * It is the platform's, which takes some tens of nanoseconds for 1 KiB; a table loop in JavaScript takes
 * about a hundred times as long.
 *
 * @param pieces The bytes, in order.
 * @returns The checksum as an unsigned 32-bit number; 0 for no bytes.
 *
 * @example
 * ```ts
 * import { crc32 } from "@cortado/cortado/bytes";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
 * ```
 */
export function crc32(...pieces: Uint8Array[]): number {
  let crc = 0;
  for (const piece of pieces) crc = zlibCrc32(piece, crc);
  return crc;
}
