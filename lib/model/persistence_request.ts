/**
 * Requests about what is kept on disk.
 *
 * @module
 */

/** Asks when the last snapshot was whole. */
export interface LastSaveRequest {
  /** Which request this is. */
  readonly op: "LAST_SAVE";
}

/** Asks for a snapshot of all entries, and to be answered when it is whole. */
export interface SaveRequest {
  /** Which request this is. */
  readonly op: "SAVE";
}

/** Asks to be answered when all changes by now are on stable storage. */
export interface WaitSyncedRequest {
  /** Which request this is. */
  readonly op: "WAIT_SYNCED";
  /** Whether on that of this server. */
  readonly local: boolean;
  /** On how many of its replicas, of which there are none. */
  readonly replicas: number;
  /** After how many milliseconds it is answered in any case; 0 for never. */
  readonly timeout: number;
}
