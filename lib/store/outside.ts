/**
 * What is too large for blocks.
 *
 * @module
 */

/** Arrays by number, each in memory of its own. Their bytes never change, so that a reply may hold one. */
export class Outside {
  readonly #arrays: (Uint8Array | undefined)[] = [];
  /** Numbers that are free again. */
  readonly #free: number[] = [];
  #memory = 0;

  /** How many bytes the arrays hold, with the room behind them. */
  get memory(): number {
    return this.#memory;
  }

  /** The array of a number. */
  at(number: number): Uint8Array {
    return this.#arrays[number]!;
  }

  /** Keeps an array, which becomes its own; returns its number. */
  add(array: Uint8Array): number {
    const number = this.#free.pop() ?? this.#arrays.length;
    this.#arrays[number] = array;
    this.#memory += array.buffer.byteLength;
    return number;
  }

  /** Puts an array in the place of another one. */
  replace(number: number, array: Uint8Array): void {
    this.#memory += array.buffer.byteLength - this.at(number).buffer.byteLength;
    this.#arrays[number] = array;
  }

  /** Drops an array; its number will be used again. */
  delete(number: number): void {
    this.#memory -= this.at(number).buffer.byteLength;
    this.#arrays[number] = undefined;
    this.#free.push(number);
  }

  /** Drops all. */
  clear(): void {
    this.#arrays.length = this.#free.length = this.#memory = 0;
  }
}
