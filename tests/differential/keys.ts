/** Requests about keys of any type, and about databases. */

import type { Pools } from "./pools.ts";
import type { Group } from "./strings.ts";

const key = (pools: Pools): string[] => [pools.key()];
const keys = (pools: Pools): string[] => pools.some(1, 3, () => pools.key());
const both = (pools: Pools): string[] => [pools.key(), pools.key()];
const mode = (pools: Pools): string[] => pools.flags("SYNC", "ASYNC");
const when = (pools: Pools): string[] => pools.flags("NX", "XX", "GT", "LT");

/** Requests that name keys. */
export const KEYSPACE: Group = {
  SET: (pools) => [pools.key(), pools.value()],
  DEL: keys,
  UNLINK: keys,
  EXISTS: keys,
  TOUCH: keys,
  TYPE: key,
  KEYS: (pools) => [pools.pattern()],
  RENAME: both,
  RENAMENX: both,
  COPY: (pools) => [
    ...both(pools),
    ...pools.options(() => ["DB", pools.database()], () => ["REPLACE"]),
  ],
  MOVE: (pools) => [pools.key(), pools.database()],
  OBJECT: (pools) => [
    pools.anyCase(
      pools.of(["ENCODING", "ENCODING", "REFCOUNT", "IDLETIME", "FREQ", "HELP", "NOPE"]),
    ),
    ...pools.some(pools.once(8) ? 0 : 1, 1, () => pools.key()),
  ],
  RANDOMKEY: () => [],
  SCAN: (pools) => [
    pools.of(["0", "0", "abc", "-1", ""]),
    ...pools.options(
      () => ["MATCH", pools.pattern()],
      () => ["COUNT", pools.of(["1", "0", "-1", "abc", "1000"])],
      () => ["TYPE", pools.of(["string", "hash", "nope"])],
    ),
  ],
};

/** Requests about when keys end. */
export const EXPIRIES: Group = {
  SET: (pools) => [pools.key(), pools.value(), ...(pools.once(2) ? pools.expiry() : [])],
  EXPIRE: (pools) => [pools.key(), pools.seconds(), ...when(pools)],
  PEXPIRE: (pools) => [pools.key(), pools.milliseconds(), ...when(pools)],
  EXPIREAT: (pools) => [pools.key(), pools.time(), ...when(pools)],
  PEXPIREAT: (pools) => [pools.key(), pools.timeInMilliseconds(), ...when(pools)],
  TTL: key,
  PTTL: key,
  EXPIRETIME: key,
  PEXPIRETIME: key,
  PERSIST: key,
};

/** Requests about databases as a whole. */
export const DATABASES: Group = {
  SELECT: (pools) => [pools.database()],
  select: (pools) => [pools.of(["0", "1"])],
  DBSIZE: () => [],
  FLUSHDB: (pools) => pools.once(3) ? mode(pools) : ["NOPE"],
  SWAPDB: (pools) => [pools.database(), pools.database()],
  FLUSHALL: (pools) => pools.once(3) ? mode(pools) : ["NOPE"],
};

/** What follows the cursor of a whole iteration. */
export function scanOptions(pools: Pools): string[] {
  return pools.options(
    () => ["MATCH", pools.pattern()],
    () => ["COUNT", pools.of(["1", "2", "1000"])],
    () => ["TYPE", pools.of(["string", "hash"])],
  );
}
