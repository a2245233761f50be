/**
 * Errors that both protocols know.
 *
 * @module
 */

import { DecodeError } from "../codec/mod.ts";

/**
 * The stable codes of errors, for programs. A code is never renamed and never changes its meaning.
 *
 * docs/cafe.md says what each one means and what a client should do.
 */
export const ERROR_CODES = [
  "PROTOCOL",
  "TOO_LARGE",
  "CHECKSUM",
  "SIGNATURE",
  "ENCRYPTION",
  "UNSUPPORTED_VERSION",
  "UNSUPPORTED_FLAG",
  "UNKNOWN_OPCODE",
  "BAD_REQUEST",
  "CONFLICT",
  "NOT_AN_INTEGER",
  "OVERFLOW",
  "OUT_OF_MEMORY",
  "NOT_DURABLE",
  "NOT_STORED",
  "SUBSCRIPTION_LIMIT",
  "CONNECTION_LIMIT",
  "AUTH_REQUIRED",
  "FORBIDDEN",
  "FLAG_REQUIRED",
  "OVERRUN",
  "CANCELLED",
  "INTERNAL",
] as const;

/** The code of an error reply. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A well-formed request cannot be carried out. It becomes an error reply; the connection stays open. */
export class CommandError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "CommandError";
  /** The stable code. */
  readonly code: ErrorCode;

  /** Makes the error; `message` says the action, the value and the limit, for people. */
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The peer broke the protocol in a way that makes everything after it unreadable. It becomes an error
 * reply, and then the connection is closed.
 */
export class ProtocolError extends DecodeError {
  /** The class's name, for logs. */
  override readonly name: string = "ProtocolError";
  /** The stable code. */
  declare readonly code: ErrorCode;
  /** The id of the request that is wrong, when it has one and the id was read. */
  readonly id: number | undefined;

  /** Makes the error; `offset` is where the frame begins in the stream. */
  constructor(code: ErrorCode, offset: number, message: string, id?: number) {
    super(code, offset, message);
    this.id = id;
  }
}
