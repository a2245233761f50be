/**
 * Guessing passwords is made slow.
 *
 * @module
 */

/** How long the answer to the first failure waits, in milliseconds; each further one waits twice as long... */
const FIRST_DELAY = 100;
/** ...up to this. */
const MAX_DELAY = 3_200;
/** After how long without a failure those of a host are forgotten, in milliseconds. */
const MEMORY = 60_000;
/** Of so many hosts failures are kept: those of the last ones. */
const MAX_HOSTS = 4_096;

/**
 * The failed logins of hosts, of late.
 *
 * @example
 * ```ts
 * import { FailedLogins } from "@cortado/cortado/handler";
 * import { assertEquals } from "@std/assert";
 *
 * const failed = new FailedLogins();
 * assertEquals([failed.note("h", 0), failed.note("h", 10), failed.note("other", 10)], [100, 200, 100]);
 * ```
 */
export class FailedLogins {
  readonly #hosts = new Map<string, { readonly count: number; readonly time: number }>();

  /** Notes a failure; returns how long its answer is to wait, in milliseconds. */
  note(host: string, now: number): number {
    const before = this.#hosts.get(host);
    const isLate = before === undefined || now - before.time >= MEMORY;
    const count = isLate ? 1 : before.count + 1;
    this.#hosts.delete(host); // It is the last one now.
    this.#hosts.set(host, { count, time: now });
    if (this.#hosts.size > MAX_HOSTS) this.#hosts.delete(this.#hosts.keys().next().value!);
    return Math.min(MAX_DELAY, FIRST_DELAY * 2 ** (count - 1));
  }
}
