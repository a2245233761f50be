/**
 * What is wrong with a data directory as such.
 *
 * @module
 */

/** A data directory cannot be used: the system says why, in `cause`. */
export class DataDirectoryError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "DataDirectoryError";

  /** Makes the error of a directory. */
  constructor(directory: string, cause: Error) {
    super(`Cannot use ${directory}: ${cause.message}`, { cause });
  }
}
