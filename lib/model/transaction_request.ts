/**
 * Requests about transactions, of the connection that they come on.
 *
 * @module
 */

/** Begins a transaction: requests are queued from now on. */
export interface MultiRequest {
  /** Which request this is. */
  readonly op: "MULTI";
}

/** Carries out what is queued, unless a watched key has changed. */
export interface ExecRequest {
  /** Which request this is. */
  readonly op: "EXEC";
}

/** Forgets what is queued. */
export interface DiscardRequest {
  /** Which request this is. */
  readonly op: "DISCARD";
}

/** Makes the next EXEC depend on keys: it does nothing when one of them has changed. */
export interface WatchRequest {
  /** Which request this is. */
  readonly op: "WATCH";
  /** The keys, any bytes. */
  readonly keys: readonly Uint8Array[];
}

/** Forgets which keys are watched. */
export interface UnwatchRequest {
  /** Which request this is. */
  readonly op: "UNWATCH";
}

/** Any request about transactions. */
export type TransactionRequest =
  | MultiRequest
  | ExecRequest
  | DiscardRequest
  | WatchRequest
  | UnwatchRequest;
