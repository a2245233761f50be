/** What the tests of lib/resp share. */

import { WriteBuffer } from "../../lib/bytes/mod.ts";
import { BatchDecoder, DecodeError, type Decoder, encodeAll } from "../../lib/codec/mod.ts";
import { ProtocolError } from "../../lib/model/mod.ts";
import {
  RESP_OK,
  respBulk,
  type RespCommand,
  respError,
  RespRequestDecoder,
  respSimple,
  type RespValue,
  RespValueEncoder,
  type RespVersion,
} from "../../lib/resp/mod.ts";

/** Text of which each character is one byte. */
export function raw(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Bytes as text of which each character is one. */
export function shown(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** All that came out of a stream: the messages before its error, and the error if it has one. */
export interface Decoded<T> {
  readonly messages: T[];
  readonly error: DecodeError | undefined;
}

/** Decodes chunks as one stream. Anything but a protocol error and a cut is thrown on. */
export function decode<T>(decoder: Decoder<T>, chunks: Uint8Array[], ended = true): Decoded<T> {
  const messages: T[] = [];
  const batches = new BatchDecoder(decoder);
  try {
    for (const chunk of chunks) batches.push(chunk, messages);
    if (ended) batches.end(messages);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const known = error instanceof ProtocolError || error.code === "CUT";
    if (!known) throw new TypeError(`${error} is no ProtocolError`);
    return { messages, error };
  }
  return { messages, error: undefined };
}

/** Cuts bytes at places given as parts of their length, each piece in memory of its own. */
export function cutAt(input: Uint8Array, parts: readonly number[]): Uint8Array[] {
  const places = parts.map((part) => Math.floor(part * input.length)).toSorted((a, b) => a - b);
  const edges = [0, ...places, input.length];
  return edges.slice(1).map((end, i) => input.slice(edges[i], end));
}

/** The bytes of values, as text. */
export function encoded(version: RespVersion, ...values: RespValue[]): string {
  return shown(encodeAll(new RespValueEncoder(version), values));
}

/** How many bytes an encoder appended before it threw, or in all. */
export function appended(value: RespValue, version: RespVersion): number {
  const out = new WriteBuffer();
  try {
    new RespValueEncoder(version).encode(value, out);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return out.length;
}

/** A server of three commands: what it sends for a stream, and whether it waits for more. */
export class Server {
  readonly #decoder = new RespRequestDecoder();
  readonly #batches = new BatchDecoder(this.#decoder);
  readonly #encoder = new RespValueEncoder();
  readonly #password: string | undefined;

  /** With a password, it takes no large requests before an AUTH. */
  constructor(password?: string) {
    this.#password = password;
    this.#decoder.authenticated = password === undefined;
  }

  /** The replies to the next bytes of the stream; the last is the error, where there is one. */
  receive(bytes: Uint8Array): string {
    const replies: RespValue[] = [];
    for (let chunk = bytes; chunk === bytes || this.#decoder.held; chunk = new Uint8Array(0)) {
      const error = this.#step(chunk, replies);
      if (error !== undefined) return this.#encode([...replies, respError(`ERR ${error.message}`)]);
    }
    return this.#encode(replies);
  }

  #step(chunk: Uint8Array, replies: RespValue[]): DecodeError | undefined {
    const commands: RespCommand[] = [];
    let failure: DecodeError | undefined;
    try {
      this.#batches.push(chunk, commands);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      failure = error;
    }
    replies.push(...commands.map((command) => this.#reply(command)));
    return failure;
  }

  #reply([name, argument = new Uint8Array(0)]: RespCommand): RespValue {
    switch (shown(name!).toUpperCase()) {
      case "PING":
        return respSimple("PONG");
      case "ECHO":
        return respBulk(argument);
      case "AUTH":
        if (shown(argument) !== this.#password) return respError("WRONGPASS");
        this.#decoder.authenticated = true;
        return RESP_OK;
      default:
        return respError("ERR unknown command");
    }
  }

  #encode(replies: RespValue[]): string {
    return shown(encodeAll(this.#encoder, replies));
  }
}
