/**
 * How many workers there can be.
 *
 * @module
 */

/** The most workers. */
export const MAX_WORKERS = 64;
