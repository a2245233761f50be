/**
 * Turns of the event loop.
 *
 * @module
 */

/**
 * Resolves when the event loop has looked at all sockets and timers once more.
 *
 * A read or write that the kernel can do at once resolves without that: a connection whose peer is quick
 * would go on for hundreds of batches before any other is looked at. This costs about 3 us.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
