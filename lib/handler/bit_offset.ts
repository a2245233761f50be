/**
 * The places of bits.
 *
 * @module
 */

import { CommandError } from "../model/mod.ts";
import type { Peer } from "./context.ts";

/**
 * Checks the place of a bit.
 *
 * @throws {CommandError} When a value with that bit would be too large.
 */
export function checkOffset(offset: number, peer: Peer): void {
  if (Math.floor(offset / 8) < peer.maxValueSize) return;
  throw new CommandError("BAD_REQUEST", "bit offset is not an integer or out of range");
}
