/**
 * Removing expired entries as time goes by.
 *
 * @module
 */

/** What is swept: `Databases` are such. */
export interface Sweepable {
  /** Removes up to `budget` entries that have expired; returns how many. */
  sweep(budget: number): number;
}

/** How often expired entries are removed, in milliseconds. */
export const SWEEP_INTERVAL = 50;
/** For how long requests may wait for it each time, in milliseconds. */
export const SWEEP_TIME = 10;
/** How many entries are removed between two looks at the clock. */
export const SWEEP_BUDGET = 1_000;

/**
 * Removes expired entries until there are no more or {@linkcode SWEEP_TIME} has passed, so that no request
 * waits for longer than that.
 *
 * @param elapsed A clock in milliseconds, of any start.
 */
export function sweepExpired(
  store: Sweepable,
  elapsed: () => number = () => performance.now(),
): void {
  const end = elapsed() + SWEEP_TIME;
  while (store.sweep(SWEEP_BUDGET) === SWEEP_BUDGET && elapsed() < end);
}
