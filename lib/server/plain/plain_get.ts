/**
 * Plain GETs, as they stand in the bytes of a connection, and their answers.
 *
 * @module
 */

/** Instead of the end of a request: it is another one, or one that is written in another way. */
export const OTHER = -1;
/** Instead of the end of a request: it has not come whole. */
export const CUT = -2;

/** A longer key is for the owner of the store. */
export const MAX_PLAIN_KEY = 999;

/**
 * One way to write GETs and their answers. It knows the one form that nearly all GETs have; what it does not
 * know, the decoders of the store's thread do. Tests hold it against them.
 */
export interface PlainGets {
  /** Where the key of the request is that was scanned last. */
  readonly keyAt: number;
  /** How long it is, in bytes. */
  readonly keyLength: number;
  /** Whether an answer has more in it when the entry expires: the owner is to give it then. */
  readonly tellsExpiry: boolean;
  /** Looks at the request at a place; returns where it ends, {@linkcode OTHER} or {@linkcode CUT}. */
  scan(bytes: Uint8Array, at: number, end: number): number;
  /** How many bytes an answer most likely has before the value, for the request at a place. */
  headSize(bytes: Uint8Array, requestAt: number): number;
  /**
   * Writes what stands around a value of a length, which was written behind a head of the size that was told for
   * the same request; returns where the answer ends.
   */
  hit(bytes: Uint8Array, requestAt: number, out: Uint8Array, at: number, length: number): number;
  /** Writes that there is no such key; returns where the answer ends. */
  miss(bytes: Uint8Array, requestAt: number, out: Uint8Array, at: number): number;
}
