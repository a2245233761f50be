/**
 * What attackers got.
 *
 * @module
 */

import type { Criterion } from "./attack.ts";

/** All that ended in the same way. */
export interface Entry {
  /** How it ended, in words. */
  readonly ending: string;
  /** How often. */
  count: number;
  /** The shortest and the longest time from connecting to the end, in milliseconds. */
  least: number;
  most: number;
  /** How many bytes were sent at the most. */
  bytes: number;
}

/** Counts endings. */
export class Tally {
  readonly #entries = new Map<string, Entry>();

  /** All endings, the most frequent first. */
  get entries(): readonly Entry[] {
    return [...this.#entries.values()].sort((a, b) => b.count - a.count);
  }

  /** How many there are whose words begin so. */
  count(beginning: string): number {
    return this.#find(beginning).reduce((sum, { count }) => sum + count, 0);
  }

  /** The shortest time of those whose words begin so, and the longest. */
  times(beginning: string): { readonly least: number; readonly most: number } {
    const found = this.#find(beginning);
    return {
      least: Math.min(...found.map(({ least }) => least)),
      most: Math.max(...found.map(({ most }) => most)),
    };
  }

  /** Notes an ending. */
  note(ending: string, ms = 0, bytes = 0): void {
    const entry = this.#entries.get(ending) ??
      { ending, count: 0, least: Infinity, most: 0, bytes: 0 };
    this.#entries.set(ending, entry);
    entry.count++;
    entry.least = Math.min(entry.least, ms);
    entry.most = Math.max(entry.most, ms);
    entry.bytes = Math.max(entry.bytes, bytes);
  }

  /** That there were endings with these beginnings, each once at least, and no others. */
  isOnly(claim: string, ...beginnings: readonly string[]): Criterion {
    const missing = beginnings.filter((beginning) => this.count(beginning) === 0);
    const others = this.entries.map(({ ending }) => ending)
      .filter((ending) => !beginnings.some((beginning) => ending.startsWith(beginning)));
    const count = beginnings.reduce((sum, beginning) => sum + this.count(beginning), 0);
    const seen = [
      `${count} did`,
      ...missing.map((beginning) => `nobody got "${beginning}"`),
      ...others.map((ending) => `${this.count(ending)} got "${ending}"`),
    ].join("; ");
    return { claim, seen, holds: missing.length + others.length === 0 };
  }

  #find(beginning: string): Entry[] {
    return this.entries.filter(({ ending }) => ending.startsWith(beginning));
  }
}
