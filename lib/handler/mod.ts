/**
 * Handlers: one request in, one response out. They know the model, and neither bytes nor connections.
 *
 * Errors of requests that every protocol has carry a code and neutral words, which RESP replaces by those of
 * Redis. Errors of requests that only RESP has are in the words of Redis.
 *
 * @module
 */

export { REDIS_VERSION, VERSION } from "./about.ts";
export * from "./awaited_keys.ts";
export * from "./channels.ts";
export * from "./clients.ts";
export * from "./context.ts";
export * from "./handle.ts";
export * from "./keyspace_events.ts";
export { checkSubscriptions } from "./pubsub.ts";
export * from "./monitors.ts";
export * from "./password.ts";
export { journalOf, journalRefusal, notStored } from "./persistence.ts";
export * from "./protected_mode.ts";
export * from "./settings.ts";
export * from "./histogram.ts";
export * from "./hot_keys.ts";
export * from "./exposition.ts";
export * from "./latency_monitor.ts";
export * from "./metrics.ts";
export * from "./protocol_figures.ts";
export * from "./quoted.ts";
export * from "./rates.ts";
export { type SlowEntry, SlowLog } from "./slow_log.ts";
export * from "./space_saving.ts";
export * from "./statistics.ts";
export { PRIVATE_SECTIONS } from "./stats.ts";
export * from "./system.ts";
export { memoryRefusal } from "./eviction.ts";
export * from "./eviction_pool.ts";
export * from "./failed_logins.ts";
export * from "./user.ts";
