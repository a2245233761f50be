/**
 * Cortado: a key-value server and a toolkit for binary protocols, for Deno.
 *
 * The parts have entry points of their own: `@cortado/cortado/codec` and `/bytes` for protocol authors,
 * `/cafe` and `/model` for the protocol, `/client` and `/server`, and `/inspect` to see what goes over the wire.
 *
 * @module
 */

export { Client } from "./client/mod.ts";
export { type Limits, serve, type ServeOptions, type Server } from "./server/mod.ts";
