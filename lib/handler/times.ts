/**
 * Times from now on.
 *
 * @module
 */

import { CommandError } from "../model/mod.ts";

/** No time in milliseconds is a larger integer than 64 bits hold. Up here numbers are 1,024 apart. */
const BEYOND = 2 ** 63;

/**
 * When an entry ends that has so many milliseconds from now on.
 *
 * @param command The command's name, for the error.
 * @throws {CommandError} When that is beyond the last time.
 */
export function endAfter(ms: number, now: number, command: string): number {
  const time = now + ms;
  if (time < BEYOND) return time;
  throw new CommandError("BAD_REQUEST", `invalid expire time in '${command}' command`);
}
