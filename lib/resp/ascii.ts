/**
 * What both directions of RESP read alike: lines.
 *
 * @module
 */

/** Ends a line, before {@linkcode LF}. */
export const CR = 0x0d;
/** Ends a line. */
export const LF = 0x0a;

/** The index of the first CR or LF from `from` on; `end` when there is none before it. */
export function findLineEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === CR || byte === LF) break;
  }
  return at;
}

/** Whether CR and LF stand at `at` and behind it. */
export function isCrlf(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === CR && bytes[at + 1] === LF;
}
