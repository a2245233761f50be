/**
 * What is wrong with the files of a journal.
 *
 * @module
 */

/** The files of a journal cannot be what was written: nothing is taken from them. */
export class JournalError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "JournalError";
  /** The name of the file. */
  readonly file: string;
  /** Where in the file, in bytes. */
  readonly place: number;

  /** Makes the error. */
  constructor(file: string, place: number, message: string) {
    super(message);
    this.file = file;
    this.place = place;
  }
}

/** Why a journal could not be written. */
export interface JournalFailure {
  /** What has failed: a write may be tried again, but what a failed sync has left behind is not known. */
  readonly kind: "write" | "sync";
  /** The reason, as the system gives it. */
  readonly reason: string;
}

/** What went wrong, as whoever threw it says. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
