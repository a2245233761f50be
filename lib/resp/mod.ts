/**
 * RESP, the protocol of Redis, versions 2 and 3: bytes to requests and replies, and back. It knows no
 * commands.
 *
 * @module
 */

export * from "./request_decoder.ts";
export * from "./value.ts";
export * from "./value_decoder.ts";
export * from "./value_encoder.ts";
