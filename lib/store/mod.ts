/**
 * State: what the server keeps. It knows no protocol.
 *
 * @module
 */

export * from "./memory_store.ts";
