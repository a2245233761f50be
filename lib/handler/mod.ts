/**
 * Handlers: one request in, one response out. They know the model, and neither bytes nor connections.
 *
 * @module
 */

export { VERSION } from "./about.ts";
export * from "./channels.ts";
export * from "./context.ts";
export * from "./handle.ts";
export * from "./integer.ts";
