/** What the tests of lib/cafe share. */

import {
  CafeReplyDecoder,
  type CafeRequest,
  CafeRequestDecoder,
  CafeRequestEncoder,
  type CafeResponse,
  CafeResponseEncoder,
  type DecodedRequest,
  type FrameLimits,
  type Reply,
  type RequestHead,
} from "../../lib/cafe/mod.ts";
import { BatchDecoder, DecodeError, type Decoder, encodeAll } from "../../lib/codec/mod.ts";
import { ProtocolError } from "../../lib/model/mod.ts";

/** A request without id, flags and trailers. */
export const PLAIN: RequestHead = { id: undefined, quiet: false, checksum: false, durable: false };

/** All that came out of a stream: the messages before its error, and the error if it has one. */
export interface Decoded<T> {
  readonly messages: T[];
  readonly error: ProtocolError | undefined;
}

/** Decodes chunks as one stream. Anything but a protocol error is thrown on. */
export function decode<T>(decoder: Decoder<T>, chunks: Uint8Array[], ended = true): Decoded<T> {
  const messages: T[] = [];
  const batches = new BatchDecoder(decoder);
  try {
    for (const chunk of chunks) batches.push(chunk, messages);
    if (ended) batches.end(messages);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (!(error instanceof ProtocolError)) throw new TypeError(`${error} is no ProtocolError`);
    return { messages, error };
  }
  return { messages, error: undefined };
}

/** Decodes a whole stream of requests. */
export function decodeRequests(bytes: Uint8Array, limits?: FrameLimits): Decoded<DecodedRequest> {
  return decode(new CafeRequestDecoder(limits), [bytes]);
}

/** Decodes a whole stream of responses. */
export function decodeReplies(bytes: Uint8Array, limits?: FrameLimits): Decoded<Reply> {
  return decode(new CafeReplyDecoder(limits), [bytes]);
}

/** The one request in a stream that is in order. */
export function decodeRequest(bytes: Uint8Array): DecodedRequest {
  const { messages, error } = decodeRequests(bytes);
  if (error !== undefined) throw error;
  if (messages.length !== 1) throw new Error(`${messages.length} requests, not 1`);
  return messages[0]!;
}

/** The bytes of requests. */
export function encodeRequests(...requests: CafeRequest[]): Uint8Array<ArrayBuffer> {
  return encodeAll(new CafeRequestEncoder(), requests);
}

/** The bytes of responses. */
export function encodeResponses(...responses: CafeResponse[]): Uint8Array<ArrayBuffer> {
  return encodeAll(new CafeResponseEncoder(), responses);
}

/** Spaced hex as bytes. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(text.replaceAll(/\s/g, ""));
}
