/**
 * Requests, as every protocol decodes to them.
 *
 * Byte fields are views of what was received. They stay unchanged for as long as they are held, but keep
 * the memory block that they lie in alive: copy what is stored.
 *
 * @module
 */

import type { ErrorCode } from "./error.ts";

/** What all requests have. */
export interface RequestHead {
  /** The request's id, an unsigned 32-bit number: the reply has the same. */
  readonly id: number | undefined;
  /** Whether a reply is sent only for an error, and for a GET that finds its key. */
  readonly quiet: boolean;
  /** Whether the reply carries a checksum, because the request did. */
  readonly checksum: boolean;
}

/** Reads the value of a key. */
export interface GetRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "GET";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Whether the reply is to carry the entry's version. */
  readonly wantVersion: boolean;
}

/** Stores a value under a key. */
export interface SetRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "SET";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The value, any bytes. */
  readonly value: Uint8Array;
  /** Time to live in milliseconds, from 1; none: the entry does not expire. */
  readonly ttl: number | undefined;
  /** Only if the entry has this version; 0: only if there is no entry. */
  readonly version: number | undefined;
}

/** Removes a key. */
export interface DeleteRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "DELETE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Only if the entry has this version; 0: only if there is no entry. */
  readonly version: number | undefined;
}

/** Asks for an answer. */
export interface PingRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "PING";
  /** What the reply repeats; `PONG` when it is empty. */
  readonly value: Uint8Array;
}

/** Introduces the client and asks for the server's description. */
export interface HelloRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "HELLO";
  /** The user's name, or empty. */
  readonly user: Uint8Array;
  /** The password, or empty. */
  readonly password: Uint8Array;
}

/** Adds to the integer that a key holds. */
export interface IncrRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "INCR";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** What is added, a signed 64-bit integer. */
  readonly delta: bigint;
}

/** Appends bytes to the value of a key. */
export interface AppendRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "APPEND";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** What is appended. */
  readonly value: Uint8Array;
}

/** Sets or removes the expiry of a key. */
export interface TouchRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "TOUCH";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Time to live in milliseconds, from 1; none: the expiry is removed. */
  readonly ttl: number | undefined;
}

/** Lists keys, a page at a time. */
export interface ScanRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "SCAN";
  /** What the keys begin with, any bytes. */
  readonly prefix: Uint8Array;
  /** The cursor of the page before; 0 for the first page. */
  readonly cursor: number;
}

/** Asks for the server's figures. */
export interface StatsRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "STATS";
  /** The section, or empty for all. */
  readonly section: Uint8Array;
}

/** Asks for the messages of a channel. */
export interface SubscribeRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "SUBSCRIBE";
  /** The channel, any bytes. */
  readonly channel: Uint8Array;
}

/** Asks for no more messages of a channel. */
export interface UnsubscribeRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "UNSUBSCRIBE";
  /** The channel, any bytes. */
  readonly channel: Uint8Array;
}

/** Sends a message to all subscribers of a channel. */
export interface PublishRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "PUBLISH";
  /** The channel, any bytes. */
  readonly channel: Uint8Array;
  /** The message, any bytes. */
  readonly message: Uint8Array;
}

/** A request that cannot be carried out, but was understood well enough to skip it and answer with an error. */
export interface InvalidRequest extends RequestHead {
  /** Which request this is. */
  readonly op: "INVALID";
  /** The code of the error. */
  readonly code: ErrorCode;
  /** The error, for people. */
  readonly message: string;
}

/** Any request that a client may send. */
export type ValidRequest =
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
  | PublishRequest;

/** Any request that a decoder may emit. */
export type Request = ValidRequest | InvalidRequest;

/** The name of a request. */
export type Op = ValidRequest["op"];
