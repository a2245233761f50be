/**
 * The CAFE protocol, version 1: bytes to requests and responses, and back. docs/cafe.md is its
 * specification.
 *
 * - {@linkcode CafeRequestDecoder}, {@linkcode CafeResponseEncoder}: the server's side.
 * - {@linkcode CafeRequestEncoder}, {@linkcode CafeReplyDecoder}: the client's side.
 * - {@linkcode FrameDecoder}, {@linkcode writeHead}: frames of any other kind.
 * - {@linkcode placeFields}, {@linkcode REQUEST_LAYOUT}, {@linkcode RESPONSE_LAYOUT}: the layout as data.
 *
 * @module
 */

export * from "./credit.ts";
export * from "./flags.ts";
export * from "./frame_decoder.ts";
export * from "./head.ts";
export * from "./layout.ts";
export * from "./layout_messages.ts";
export * from "./limits.ts";
export * from "./offer.ts";
export {
  opcodeName,
  type ReplyType,
  REQUEST_OPCODES,
  requestName,
  type RequestType,
  RESPONSE_OPCODES,
} from "./opcodes.ts";
export * from "./protection.ts";
export * from "./reply.ts";
export {
  type CafeRequest,
  CafeRequestEncoder,
  type DecodedRequest,
  type GetPartsRequest,
  type InvalidCafeRequest,
  MAX_TTL,
  type PartRequest,
  type PartsRequest,
  type RequestHead,
  type SetPartsRequest,
  type WindowRequest,
} from "./request.ts";
export * from "./request_decoder.ts";
export * from "./response.ts";
export * from "./session_keys.ts";
