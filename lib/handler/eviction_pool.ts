/**
 * Entries that may be removed.
 *
 * @module
 */

import { equals } from "@std/bytes";
import type { EvictionPolicy } from "./settings.ts";

/** An entry that may be removed, and how much it deserves to stay. */
export interface Candidate {
  /** The number of its database. */
  readonly database: number;
  /** Its key. */
  readonly key: Uint8Array;
  /** The one with the least goes first. */
  readonly worth: number;
}

/** It keeps so many, as Redis does. */
const SIZE = 16;

/**
 * The candidates of the least worth among all that were looked at, also for other evictions before: with it a
 * few looks for each are nearly as good as one at all entries.
 */
export class EvictionPool {
  /** The least worth first. */
  readonly #candidates: Candidate[] = [];
  #policy: EvictionPolicy = "noeviction";

  /** Says what the worth is measured by; what was measured otherwise is forgotten. */
  use(policy: EvictionPolicy): void {
    if (policy === this.#policy) return;
    this.#policy = policy;
    this.#candidates.length = 0;
  }

  /** Whether one of such worth would be kept. */
  takes(worth: number): boolean {
    return this.#candidates.length < SIZE || worth < this.#candidates.at(-1)!.worth;
  }

  /** Adds a candidate, if it is not there already; the one of the most worth may go for it. */
  add(candidate: Candidate): void {
    if (this.#candidates.some((known) => isSame(known, candidate))) return;
    let at = this.#candidates.length;
    while (at > 0 && this.#candidates[at - 1]!.worth > candidate.worth) at--;
    this.#candidates.splice(at, 0, candidate);
    if (this.#candidates.length > SIZE) this.#candidates.pop();
  }

  /** Takes out the candidate of the least worth. */
  take(): Candidate | undefined {
    return this.#candidates.shift();
  }
}

function isSame(one: Candidate, other: Candidate): boolean {
  return one.database === other.database && equals(one.key, other.key);
}
