/**
 * What stops a load.
 *
 * @module
 */

/** The load cannot begin, or cannot go on: `cause` says why, where something else has failed. */
export class LoadError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "LoadError";

  /** Makes the error. */
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
