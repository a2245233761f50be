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
