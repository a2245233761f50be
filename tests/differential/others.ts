/** Requests about connections, transactions, channels and the commands themselves. */

import type { Pools } from "./pools.ts";
import type { Group } from "./strings.ts";

const NAMES: readonly string[] = ["get", "set", "mset", "expire", "ping", "bitop", "nope", "GETEX"];

const UNKNOWN: readonly string[] = [
  "NOPE",
  "",
  "get\r\n",
  "GETS",
  "nope\xff",
  "host",
  "n".repeat(200),
];

const CLIENT: readonly (readonly string[])[] = [
  ["SETNAME", "name"],
  ["SETNAME", "two words"],
  ["SETNAME", ""],
  ["GETNAME"],
  ["GETNAME"],
  ["NO-EVICT", "on"],
  ["NO-EVICT", "maybe"],
  ["NO-TOUCH", "on"],
  ["REPLY", "nope"],
  ["REPLY", "ON"],
  ["ID"],
  ["NOPE", "name"],
  [],
];

const GETKEYS: readonly (readonly string[])[] = [
  ["GET", "a"],
  ["GET"],
  ["mset", "a", "1", "b", "2"],
  ["BITOP", "AND", "d", "a", "b"],
  ["COPY", "a", "b", "REPLACE"],
  ["SET", "a", "1", "EX", "10"],
  ["PING"],
  ["NOPE", "a"],
  ["EXPIRE", "a"],
  ["del", "a", "b", "c"],
  ["LCS", "a", "b", "IDX"],
  [],
];

/** Requests about the connection and the server. */
export const CONNECTION: Group = {
  PING: (pools) => pools.some(0, 1, () => pools.value()),
  ECHO: (pools) => [pools.value()],
  CLIENT: (pools) => [...pools.of(CLIENT)],
  client: (pools) => [...pools.of(CLIENT)],
  COMMAND: (pools) =>
    pools.once(2)
      ? [pools.anyCase("GETKEYS"), ...pools.of(GETKEYS)]
      : [pools.anyCase("INFO"), ...pools.some(1, 3, () => pools.of(NAMES))],
  HELLO: (pools) => [
    ...pools.some(0, 1, () => pools.of(["2", "3", "4", "1", "abc", ""])),
    ...pools.options(() => ["SETNAME", pools.of(["name", "two words", ""])]),
  ],
  TIME: () => [],
  SELECT: (pools) => [pools.database()],
  RESET: () => [],
  UNKNOWN: (pools) => pools.some(0, 4, () => pools.value()),
};

/** A name that no command has. */
export function unknownName(pools: Pools): string {
  return pools.of(UNKNOWN);
}

/** Requests that begin and end transactions. */
export const TRANSACTIONS: Group = {
  MULTI: () => [],
  multi: () => [],
  EXEC: () => [],
  exec: () => [],
  DISCARD: () => [],
  WATCH: (pools) => pools.some(1, 2, () => pools.key()),
  watch: (pools) => pools.some(1, 2, () => pools.key()),
  UNWATCH: () => [],
};

const CHANNELS: readonly string[] = ["ch1", "ch2", "news", "nets", "m", "n", ""];

/**
 * No channel matches two, nor the words of damaged requests: in which order a message comes for both is that
 * of a hash table.
 */
const PATTERNS: readonly string[] = ["ch?", "ne[wt]s", "[m-n]", "zz*"];

/** Requests of those that listen. */
export const SUBSCRIPTIONS: Group = {
  SUBSCRIBE: (pools) => pools.some(1, 3, () => pools.of(CHANNELS)),
  PSUBSCRIBE: (pools) => pools.some(1, 2, () => pools.of(PATTERNS)),
  UNSUBSCRIBE: (pools) => pools.some(0, 2, () => pools.of(CHANNELS)),
  PUNSUBSCRIBE: (pools) => pools.some(0, 2, () => pools.of(PATTERNS)),
  PUBLISH: (pools) => [pools.of(CHANNELS), pools.value()],
  PING: (pools) => pools.some(0, 1, () => pools.value()),
  GET: (pools) => [pools.key()],
  RESET: (pools) => pools.once(4) ? [] : ["x"],
};

/** Requests of those that speak. */
export const PUBLISHING: Group = {
  PUBLISH: (pools) => [pools.of(CHANNELS), pools.value()],
  publish: (pools) => [pools.of(CHANNELS), pools.value()],
  PUBSUB: (pools) => {
    switch (pools.random.below(4)) {
      case 0:
        return [pools.anyCase("CHANNELS"), ...pools.some(0, 1, () => pools.of(PATTERNS))];
      case 1:
        return [pools.anyCase("NUMSUB"), ...pools.some(0, 3, () => pools.of(CHANNELS))];
      case 2:
        return [pools.anyCase("NUMPAT")];
      default:
        return [pools.of(["NOPE", "HELP", "CHANNELS"]), ...pools.some(0, 2, () => "ch1")];
    }
  },
};
