/**
 * The CAFE protocol, version 1: bytes to requests and responses, and back. docs/cafe.md is its
 * specification.
 *
 * @module
 */

export * from "./flags.ts";
// The base class is named for its members only: its constructor takes internals.
export type { DecoderState, FrameDecoder } from "./frame_decoder.ts";
export { HEADER_SIZE, MAGIC, MAX_KEY_LENGTH, MAX_VALUE_LENGTH, PROTOCOL_VERSION } from "./head.ts";
export * from "./limits.ts";
export { opcodeName, type ReplyType, REQUEST_OPCODES, RESPONSE_OPCODES } from "./opcodes.ts";
export * from "./request.ts";
export * from "./response.ts";
