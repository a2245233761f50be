/**
 * The arguments of a request that has not come whole.
 *
 * @module
 */

/** More arguments than these are not copied: a request with so many is no SET. */
const MAX_ARGUMENTS = 4;
/** Nor is one that is longer: to copy it would cost more than to read into new memory. */
const MAX_SIZE = 1_024;

/** Arguments that have come, while others are waited for. */
export class PendingArguments {
  #arguments: Uint8Array[] = [];
  /** How many of them are no views of the stream. */
  #copied = 0;

  /** How many there are. */
  get length(): number {
    return this.#arguments.length;
  }

  /** Whether some are views of the stream. */
  get hasViews(): boolean {
    return this.#arguments.length > this.#copied;
  }

  /** Adds one, a view of the stream. */
  add(argument: Uint8Array): void {
    this.#arguments.push(argument);
  }

  /** Makes copies of them where they are few and small, as those before a large value are. */
  copy(): void {
    const { length } = this.#arguments;
    if (length > MAX_ARGUMENTS) return;
    for (; this.#copied < length; this.#copied++) {
      const argument = this.#arguments[this.#copied]!;
      if (argument.length > MAX_SIZE) return;
      this.#arguments[this.#copied] = argument.slice();
    }
  }

  /** All of them, which are no longer here then. */
  take(): Uint8Array[] {
    const whole = this.#arguments;
    this.#arguments = [];
    this.#copied = 0;
    return whole;
  }
}
