/**
 * What the calls of a client are rejected with.
 *
 * An aborted call is rejected with the `reason` of its signal; a request that cannot be encoded (a key over
 * 65,535 bytes, a time to live of 0) with a `RangeError`.
 *
 * @module
 */

import type { BasicOp, ErrorCode } from "../model/mod.ts";

/** The server answered with an error: the request was not carried out, and the connection goes on. */
export class ServerError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "ServerError";
  /** What is wrong, for programs; a later server may have codes that are not known here. */
  readonly code: ErrorCode | (string & Record<never, never>);

  /** Makes the error of a code and the server's message. */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** There is no connection, or it was lost before the answer came. `cause` says why. */
export class ConnectionError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "ConnectionError";
  /** Whether the server may have carried the request out: it was sent, and its answer did not come. */
  readonly maybeExecuted: boolean;

  /** Makes the error. */
  constructor(message: string, maybeExecuted: boolean, cause?: unknown) {
    super(message, { cause });
    this.maybeExecuted = maybeExecuted;
  }
}

/** The client is closed. `cause` says why when it closed itself. */
export class ClosedError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "ClosedError";
}

/** No answer came in time. The server may carry the request out all the same. */
export class TimeoutError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "TimeoutError";
}

/** A limit of the client was reached; the message names the option that sets it. */
export class LimitError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "LimitError";
}

/**
 * The server answered with OK, and the answer is not laid out as it should be. The request was carried
 * out, and the connection goes on. `cause` says more where there is more to say.
 */
export class ReplyError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "ReplyError";
  /** The request that was answered. */
  readonly op: BasicOp;

  /** Makes the error; `problem` says what is wrong with the answer. */
  constructor(op: BasicOp, problem: string, cause?: unknown) {
    super(`Cannot read the answer to ${op}: ${problem}`, { cause });
    this.op = op;
  }
}
