/**
 * The CAFE protocol, version 1: bytes to requests and responses, and back. docs/cafe.md is its
 * specification.
 *
 * @module
 */

export * from "./flags.ts";
export * from "./foreign.ts";
export * from "./frame_decoder.ts";
export * from "./head.ts";
export * from "./limits.ts";
export * from "./opcodes.ts";
export * from "./request.ts";
export * from "./response.ts";
