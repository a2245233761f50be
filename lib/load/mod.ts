/**
 * A load generator: requests that were encoded before, and replies that are counted and not decoded, so that
 * a server is what is measured.
 *
 * - {@linkcode Load}: connections to one server, in a closed loop or, at a rate, in an open one.
 * - {@linkcode takeTurns}: several servers, measured in turn.
 * - {@linkcode Histogram}: latencies from the least to the largest, with a bounded error.
 *
 * @module
 */

export { CAFE } from "./cafe.ts";
export type { Clock } from "./clock.ts";
export type { Socket } from "./connection.ts";
export * from "./error.ts";
export * from "./histogram.ts";
export * from "./load.ts";
export { MEMCACHED_BINARY } from "./memcached_binary.ts";
export { MEMCACHED_META } from "./memcached_meta.ts";
export * from "./protocol.ts";
export { RESP } from "./resp.ts";
export * from "./rounds.ts";
export * from "./tally.ts";
export * from "./workload.ts";
