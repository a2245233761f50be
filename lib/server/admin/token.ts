/**
 * The token of callers over HTTP. Imports nothing, so that the command line need not load the server for it.
 *
 * @module
 */

/** The shortest token, in characters: a caller may try as many as it likes. */
export const MIN_TOKEN_LENGTH = 16;
