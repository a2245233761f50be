/**
 * Copies that are handed out.
 *
 * @module
 */

const BLOCK = 65_536;
/** A copy of more bytes has a buffer of its own. */
const MAX_SHARED = 1_024;

let block = new Uint8Array(0);
let used = 0;

/**
 * A copy of a part, whose bytes never change. Small ones lie side by side in one buffer: to make a buffer
 * takes five times as long as to copy 64 bytes. Who holds one holds its block, so that they are for replies
 * and not for keeping.
 */
export function copyOfPart(bytes: Uint8Array, place: number, length: number): Uint8Array {
  if (length > MAX_SHARED) return bytes.slice(place, place + length);
  if (length > block.length - used) {
    block = new Uint8Array(BLOCK);
    used = 0;
  }
  block.set(new Uint8Array(bytes.buffer, bytes.byteOffset + place, length), used);
  const copy = new Uint8Array(block.buffer, used, length);
  used += length;
  return copy;
}
