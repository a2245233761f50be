/**
 * How much may be on its way to the sockets.
 *
 * @module
 */

/** What all connections together may have on its way, while each has more than the least. */
const BUDGET = 67_108_864;

/** The most of one connection, and the least. */
const MOST = 131_072;
const LEAST = 4_096;

/**
 * How many bytes one connection may have given to its worker that the kernel has not taken: a share of
 * 64 MiB, from 4 KiB to 128 KiB. More of them wait where the reply is, so that a peer that does not read
 * costs what it costs without workers, and this.
 */
export class SendWindow {
  /** The window of each connection now. */
  size: number = MOST;
  #connections = 0;

  /** Told of each connection that comes, and of each that ends. */
  count(by: 1 | -1): void {
    this.#connections += by;
    this.size = Math.max(LEAST, Math.min(MOST, Math.floor(BUDGET / this.#connections)));
  }
}
