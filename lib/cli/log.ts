/**
 * The log of a command that runs for long.
 *
 * @module
 */

import { type Output, writeLine } from "./io.ts";

/** More lines than this do not wait for a reader that is slow: they are counted and left out. */
const MAX_WAITING = 1_000;

/** Writes lines in the order in which they come, and waits for nobody. */
export class Log {
  readonly #output: Output;
  #waiting = 0;
  #leftOut = 0;
  #written: Promise<void> = Promise.resolve();

  /** Makes a log that goes to `output`. */
  constructor(output: Output) {
    this.#output = output;
  }

  /** Adds a line unless many wait already, so that there is room for those that count; whether it did. */
  offer(line: string): boolean {
    if (this.#waiting >= MAX_WAITING / 2) return false;
    this.add(line);
    return true;
  }

  /** Adds a line. A log that cannot be written is no reason to end: it never throws. */
  add(line: string): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#leftOut++;
      return;
    }
    this.#waiting++;
    this.#written = this.#written.then(() => this.#write(line));
  }

  /** Resolves when all lines that were added by now are written. */
  written(): Promise<void> {
    return this.#written;
  }

  async #write(line: string): Promise<void> {
    try {
      await writeLine(this.#output, line);
    } catch {
      // Nobody reads the log any more.
    }
    this.#waiting--;
    if (this.#leftOut === 0) return;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    this.add(`${leftOut} lines of the log were left out: it is read too slowly`);
  }
}
