/**
 * Counting and finding bits.
 *
 * @module
 */

/** How many bits of each byte are 1. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) ones++;
  return ones;
});

/** The bits of a byte from `from` to before `to`, the others 0. */
function maskOf(from: number, to: number): number {
  return (0xff >>> from) & ~(0xff >>> to);
}

/** How many bits from the place `from` to before `to` are 1. */
export function countOnes(value: Uint8Array, from: number, to: number): number {
  if (from >= to) return 0;
  const first = Math.floor(from / 8);
  const last = Math.floor((to - 1) / 8);
  let ones = 0;
  for (let at = first; at <= last; at++) ones += ONES[value[at]!]!;
  const before = value[first]! & maskOf(0, from % 8);
  const behind = value[last]! & maskOf((to - 1) % 8 + 1, 8);
  return ones - ONES[before]! - ONES[behind]!;
}

/** The place of the first bit that is `bit`, from `from` to before `to`, not none; -1 when there is none. */
export function findBit(value: Uint8Array, bit: 0 | 1, from: number, to: number): number {
  const first = Math.floor(from / 8);
  const last = Math.floor((to - 1) / 8);
  // Searched is always for a 1: in bytes whose bits are turned when a 0 is wanted.
  const turn = bit === 1 ? 0 : 0xff;
  for (let at = first; at <= last; at++) {
    let bits = value[at]! ^ turn;
    if (bits === 0) continue;
    if (at === first) bits &= maskOf(from % 8, 8);
    if (at === last) bits &= maskOf(0, (to - 1) % 8 + 1);
    if (bits !== 0) return at * 8 + Math.clz32(bits) - 24;
  }
  return -1;
}
