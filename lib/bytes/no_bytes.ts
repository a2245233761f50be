/**
 * The empty array of bytes.
 *
 * @module
 */

/** No bytes: one array for every place that needs an empty one. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);
