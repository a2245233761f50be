/**
 * What a load needs of a protocol.
 *
 * @module
 */

import type { WriteBuffer } from "../bytes/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import type { Credentials } from "../model/mod.ts";
import type { LoadOp, LoadRequest } from "./workload.ts";

/** What a reply says, as far as a load looks: one bit each, so that a set of them is a number. */
export const REPLY = {
  /** It was done. */
  DONE: 1,
  /** There is no such key. */
  MISS: 2,
  /** A value. */
  VALUE: 4,
  /** An integer. */
  INTEGER: 8,
} as const;

/** A reply that is an error. */
export interface ErrorReply {
  /** What is wrong, for programs. */
  readonly code: string;
  /** The text of the server, for people. */
  readonly message: string;
}

/** A reply: a number of {@linkcode REPLY}, the bytes of a value where those are wanted, or an error. */
export type ScannedReply = number | Uint8Array | ErrorReply;

/** A protocol, as a load speaks it. */
export interface LoadProtocol {
  /** The name that it is chosen by. */
  readonly name: string;
  /** Which replies to a request are no errors: a set of {@linkcode REPLY}. */
  readonly expected: Readonly<Record<LoadOp, number>>;
  /** Appends the bytes of a request. */
  encode(request: LoadRequest, out: WriteBuffer): void;
  /** Appends the bytes of a request to log in, whose reply is DONE. */
  encodeLogin(credentials: Credentials, out: WriteBuffer): void;
  /**
   * Makes the scanner of a connection. It finds out where each reply ends and what it says, and makes
   * nothing of its bytes; with `keepsValues` it gives those of a value that was read.
   */
  scanner(keepsValues: boolean): Decoder<ScannedReply>;
}
