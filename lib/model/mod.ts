/**
 * Typed requests, responses and errors: what every protocol is decoded to and encoded from.
 *
 * @module
 */

export * from "./error.ts";
export * from "./request.ts";
export * from "./response.ts";
