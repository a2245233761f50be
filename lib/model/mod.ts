/**
 * Typed requests, responses and errors: what all protocols meet at.
 *
 * @module
 */

export * from "./error.ts";
export * from "./request.ts";
export * from "./response.ts";
