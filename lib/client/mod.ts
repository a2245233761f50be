/**
 * The typed client of CAFE servers.
 *
 * - {@linkcode Client}: any number of requests in flight on one connection, which is restored when it is
 *   lost.
 * - {@linkcode Subscription}: the messages of a channel.
 * - {@linkcode Transport}: how to connect over something else than TCP and Unix sockets.
 *
 * @module
 */

export * from "./client.ts";
export * from "./error.ts";
export type {
  Bytes,
  CallOptions,
  ClientOptions,
  DeleteOptions,
  ReconnectOptions,
  SetOptions,
  StreamOptions,
  TouchOptions,
} from "./options.ts";
export type { Compaction, Entry, KeyPage, ServerInfo, StreamedEntry } from "./results.ts";
export type { Subscription } from "./subscription.ts";
export * from "./transport.ts";
