/**
 * Requests, as every protocol decodes to them.
 *
 * Byte fields are views of what was received. They stay unchanged for as long as they are held, but keep
 * the memory block that they lie in alive: copy what is stored.
 *
 * @module
 */

import type { BitRequest } from "./bit_request.ts";
import type { ErrorCode } from "./error.ts";
import type { KeyRequest } from "./key_request.ts";
import type { LastSaveRequest } from "./persistence_request.ts";
import type { ServerRequest } from "./server_request.ts";
import type { StringRequest } from "./string_request.ts";

/** Reads the value of a key. */
export interface GetRequest {
  /** Which request this is. */
  readonly op: "GET";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Whether the reply is to carry the entry's version. */
  readonly wantVersion: boolean;
}

/** Stores a value under a key. */
export interface SetRequest {
  /** Which request this is. */
  readonly op: "SET";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The value, any bytes. */
  readonly value: Uint8Array;
  /** Whether nobody else has the value or any part of its buffer, so that it need not be copied. */
  readonly owned?: boolean;
  /** Time to live in milliseconds, from 1; none: the entry does not expire. */
  readonly ttl: number | undefined;
  /** Only if the entry has this version; 0: only if there is no entry. */
  readonly version: number | undefined;
}

/** Removes a key. */
export interface DeleteRequest {
  /** Which request this is. */
  readonly op: "DELETE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Only if the entry has this version; 0: only if there is no entry. */
  readonly version: number | undefined;
}

/** Asks for an answer. */
export interface PingRequest {
  /** Which request this is. */
  readonly op: "PING";
  /** What the reply repeats; `PONG` when it is empty. */
  readonly value: Uint8Array;
}

/** Introduces the client and asks for the server's description. */
export interface HelloRequest {
  /** Which request this is. */
  readonly op: "HELLO";
  /** The user's name, or empty. */
  readonly user: Uint8Array;
  /** The password, or empty. */
  readonly password: Uint8Array;
  /** What the client offers to use on this connection, in the words of its protocol; none: nothing. */
  readonly offer?: Uint8Array | undefined;
}

/** Adds to the integer that a key holds. */
export interface IncrRequest {
  /** Which request this is. */
  readonly op: "INCR";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** What is added, a signed 64-bit integer: a number where that is exact, or a bigint. */
  readonly delta: number | bigint;
}

/** Appends bytes to the value of a key. */
export interface AppendRequest {
  /** Which request this is. */
  readonly op: "APPEND";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** What is appended. */
  readonly value: Uint8Array;
}

/** Sets or removes the expiry of a key. */
export interface TouchRequest {
  /** Which request this is. */
  readonly op: "TOUCH";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Time to live in milliseconds, from 1; none: the expiry is removed. */
  readonly ttl: number | undefined;
}

/** Lists keys, a page at a time. */
export interface ScanRequest {
  /** Which request this is. */
  readonly op: "SCAN";
  /** What the keys begin with, any bytes. */
  readonly prefix: Uint8Array;
  /** The cursor of the page before; 0 for the first page. */
  readonly cursor: number;
}

/** Asks for the server's figures. */
export interface StatsRequest {
  /** Which request this is. */
  readonly op: "STATS";
  /** The section, or empty for all. */
  readonly section: Uint8Array;
}

/** Asks for the messages of a channel. */
export interface SubscribeRequest {
  /** Which request this is. */
  readonly op: "SUBSCRIBE";
  /** The channel, any bytes. */
  readonly channel: Uint8Array;
  /** Whether its messages carry a checksum, because the request did. */
  readonly checksum: boolean;
}

/** Asks for no more messages of a channel. */
export interface UnsubscribeRequest {
  /** Which request this is. */
  readonly op: "UNSUBSCRIBE";
  /** The channel, any bytes. */
  readonly channel: Uint8Array;
}

/** Sends a message to all subscribers of a channel. */
export interface PublishRequest {
  /** Which request this is. */
  readonly op: "PUBLISH";
  /** The channel, any bytes. */
  readonly channel: Uint8Array;
  /** The message, any bytes. */
  readonly message: Uint8Array;
}

/** Asks for a snapshot of all entries in place of the journal of their changes. */
export interface CompactRequest {
  /** Which request this is. */
  readonly op: "COMPACT";
}

/** A request that cannot be carried out, but was understood well enough to skip it and answer with an error. */
export interface InvalidRequest {
  /** Which request this is. */
  readonly op: "INVALID";
  /** The code of the error. */
  readonly code: ErrorCode;
  /** The error, for people. */
  readonly message: string;
}

/** The requests that every protocol has. */
export type BasicRequest =
  | GetRequest
  | SetRequest
  | DeleteRequest
  | PingRequest
  | HelloRequest
  | IncrRequest
  | AppendRequest
  | TouchRequest
  | ScanRequest
  | StatsRequest
  | SubscribeRequest
  | UnsubscribeRequest
  | PublishRequest
  | CompactRequest;

/** The name of a basic request. */
export type BasicOp = BasicRequest["op"];

/** Any request that a handler carries out. */
export type Request =
  | BasicRequest
  | StringRequest
  | BitRequest
  | KeyRequest
  | ServerRequest
  | LastSaveRequest
  | InvalidRequest;
