/**
 * Responses, as handlers make them and every protocol encodes them.
 *
 * A handler makes the body; the session adds the id of the request that it answers.
 *
 * @module
 */

import type { CommandError, ErrorCode, ProtocolError } from "./error.ts";

/** What every response has. */
export interface ResponseHead {
  /** The id of the request that is answered. */
  id: number | undefined;
  /** Whether the response carries a checksum. */
  checksum: boolean;
}

/** Done, with bytes if there is something to tell: the value of a GET, what a PING sent. */
export interface OkResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "OK";
  /** The bytes; they must stay unchanged until they are sent. */
  value: Uint8Array | undefined;
  /** Whether they are lent by the store, which makes them a copy before they change. */
  lent: boolean;
  /** What is left of the entry's time to live, in milliseconds. */
  readonly ttl: number | undefined;
  /** The entry's version, when it was asked for. */
  readonly version: number | undefined;
}

/** Done, with a signed 64-bit integer. */
export interface IntegerResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "INTEGER";
  /** The integer: a number where that is exact, or a bigint. */
  readonly value: number | bigint;
}

/** Done, with an unsigned 32-bit count: of bytes, or of receivers. */
export interface CountResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "COUNT";
  /** The count. */
  readonly value: number;
}

/** Done, with text. */
export interface TextResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "TEXT";
  /** The text. */
  readonly text: string;
}

/** A page of keys. */
export interface KeysResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "KEYS";
  /** What the request for the next page carries; 0 when this page is the last. */
  readonly cursor: number;
  /** The keys, any bytes. */
  readonly keys: readonly Uint8Array[];
}

/** Several responses in one. */
export interface ListResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "LIST";
  /** The parts; their heads mean nothing. */
  readonly items: readonly Response[];
}

/** There is no such key. Not an error. */
export interface MissResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "MISS";
}

/** The request failed. */
export interface ErrorResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "ERR";
  /** What is wrong, for programs. */
  readonly code: ErrorCode;
  /** What is wrong, for people. */
  readonly message: string;
}

/** A message of a channel, sent without a request. */
export interface PushResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "PUSH";
  /** The channel. */
  readonly channel: Uint8Array;
  /** The message; it must stay unchanged until it is sent. */
  readonly message: Uint8Array;
}

/** The server reads no more requests: finish and connect again. */
export interface GoAwayResponse extends ResponseHead {
  /** Which response this is. */
  readonly type: "GOAWAY";
}

/** Any response. */
export type Response =
  | OkResponse
  | IntegerResponse
  | CountResponse
  | TextResponse
  | KeysResponse
  | ListResponse
  | MissResponse
  | ErrorResponse
  | PushResponse
  | GoAwayResponse;

/** An OK, with a value where there is one. */
export function ok(value?: Uint8Array, ttl?: number, version?: number): OkResponse {
  return { id: undefined, checksum: false, type: "OK", value, lent: false, ttl, version };
}

/** An OK with a signed 64-bit integer. */
export function integer(value: number | bigint): IntegerResponse {
  return { id: undefined, checksum: false, type: "INTEGER", value };
}

/** An OK with an unsigned 32-bit count. */
export function count(value: number): CountResponse {
  return { id: undefined, checksum: false, type: "COUNT", value };
}

/** An OK with text. */
export function text(text: string): TextResponse {
  return { id: undefined, checksum: false, type: "TEXT", text };
}

/** An OK with a page of keys. */
export function keys(keys: readonly Uint8Array[], cursor: number): KeysResponse {
  return { id: undefined, checksum: false, type: "KEYS", keys, cursor };
}

/** Several responses in one. */
export function list(items: readonly Response[]): ListResponse {
  return { id: undefined, checksum: false, type: "LIST", items };
}

/** A MISS. */
export function miss(): MissResponse {
  return { id: undefined, checksum: false, type: "MISS" };
}

/** An ERR. */
export function error(code: ErrorCode, message: string): ErrorResponse {
  return { id: undefined, checksum: false, type: "ERR", code, message };
}

/** The ERR that an error becomes on the wire. */
export function errorFrom(cause: CommandError | ProtocolError): ErrorResponse {
  return error(cause.code, cause.message);
}

/** A message of a channel. */
export function push(channel: Uint8Array, message: Uint8Array, checksum: boolean): PushResponse {
  return { id: undefined, checksum, type: "PUSH", channel, message };
}

/** A GOAWAY. */
export function goAway(): GoAwayResponse {
  return { id: undefined, checksum: false, type: "GOAWAY" };
}
