/** Requests about strings. */

import type { Pools } from "./pools.ts";

/** Makes the arguments of a command, mostly right ones. */
export type Generator = (pools: Pools) => string[];

/** Generators by the name of the command. */
export type Group = Readonly<Record<string, Generator>>;

const pair = (pools: Pools): string[] => [pools.key(), pools.value()];
const key = (pools: Pools): string[] => [pools.key()];
const span = (pools: Pools): string[] => [pools.key(), pools.index(), pools.index()];

function set(pools: Pools): string[] {
  const flags = ["KEEPTTL", "NX", "XX", "GET"].map((flag) => () => [flag]);
  return [...pair(pools), ...pools.options(() => pools.expiry(), ...flags)];
}

/** Sets what the other commands find; its weight is in the number of its names. */
export const STRINGS: Group = {
  SET: set,
  set: pair,
  Set: pair,
  GET: key,
  SETNX: pair,
  SETEX: (pools) => [pools.key(), pools.seconds(), pools.value()],
  PSETEX: (pools) => [pools.key(), pools.milliseconds(), pools.value()],
  GETSET: pair,
  GETDEL: key,
  GETEX: (pools) => [pools.key(), ...pools.options(() => pools.expiry(), () => ["PERSIST"])],
  MGET: (pools) => pools.some(1, 4, () => pools.key()),
  MSET: (pools) => pools.some(1, 3, () => pair(pools)).flat(),
  MSETNX: (pools) => pools.some(1, 3, () => pair(pools)).flat(),
  APPEND: pair,
  STRLEN: key,
  GETRANGE: span,
  SUBSTR: span,
  SETRANGE: (pools) => [pools.key(), pools.offset(), pools.value()],
  LCS: (pools) => [
    pools.key(),
    pools.key(),
    ...pools.options(
      () => ["LEN"],
      () => ["IDX"],
      () => ["IDX"],
      () => ["MINMATCHLEN", pools.index()],
      () => ["WITHMATCHLEN"],
    ),
  ],
};

/** Requests that add to numbers. */
export const NUMBERS: Group = {
  SET: (pools) => [pools.key(), pools.integer()],
  set: (pools) => [pools.key(), pools.float()],
  INCR: key,
  DECR: key,
  INCRBY: (pools) => [pools.key(), pools.integer()],
  DECRBY: (pools) => [pools.key(), pools.integer()],
  INCRBYFLOAT: (pools) => [pools.key(), pools.float()],
  APPEND: (pools) => [pools.key(), pools.of(["0", "1", ".5", "e1"])],
};

const TYPES: readonly string[] = ["u1", "u2", "u8", "i8", "i5", "u32", "i32", "u63", "i64"];
const NO_TYPES: readonly string[] = ["u64", "i65", "u0", "i0", "x8", "", "8", "u", "u8x"];

function field(pools: Pools): string[] {
  const type = pools.of(pools.once(10) ? NO_TYPES : TYPES);
  const counted = pools.once(6) ? ["#-1", "#", "#abc", "-1", "4294967296"] : ["#0", "#1", "#3"];
  return [type, pools.once(3) ? pools.of(counted) : pools.bit()];
}

function operation(pools: Pools): string[] {
  switch (pools.random.below(5)) {
    case 0:
      return [pools.anyCase("GET"), ...field(pools)];
    case 1:
      return [pools.anyCase("SET"), ...field(pools), pools.integer()];
    case 2:
    case 3:
      return [pools.anyCase("INCRBY"), ...field(pools), pools.integer()];
    default:
      return ["OVERFLOW", pools.anyCase(pools.of(["WRAP", "SAT", "FAIL", "FAIL", "NOPE"]))];
  }
}

function bitRange(pools: Pools): string[] {
  const range = pools.some(0, 2, () => pools.index());
  return pools.once(2) ? [...range, pools.anyCase(pools.of(["BIT", "BYTE", "BITS"]))] : range;
}

/** Requests about the bits of strings. */
export const BITS: Group = {
  SET: pair,
  SETBIT: (pools) => [pools.key(), pools.bit(), pools.of(["0", "1", "1", "2", "abc"])],
  GETBIT: (pools) => [pools.key(), pools.bit()],
  BITCOUNT: (pools) => [pools.key(), ...bitRange(pools)],
  BITPOS: (pools) => [pools.key(), pools.of(["0", "1", "1", "2", "a"]), ...bitRange(pools)],
  BITOP: (pools) => [
    pools.anyCase(pools.of(["AND", "OR", "XOR", "NOT", "NOPE"])),
    ...pools.some(2, 4, () => pools.key()),
  ],
  BITFIELD: (pools) => [pools.key(), ...pools.some(0, 4, () => operation(pools)).flat()],
  BITFIELD_RO: (pools) => [
    pools.key(),
    ...(pools.once(6) ? operation(pools) : pools.some(0, 3, () => ["GET", ...field(pools)]).flat()),
  ],
};
