/**
 * What occurs most often, in bounded memory.
 *
 * @module
 */

/** Something that occurs often. */
export interface Frequent {
  /** What it is. */
  readonly id: string;
  /** How often it occurred at most. */
  readonly count: number;
  /** By how much that may be too many. */
  readonly error: number;
}

/**
 * Counts what occurs often among more than can be kept: the sketch Space-Saving (Metwally, Agrawal and El
 * Abbadi, 2005). What is new takes the place and the count of what occurred least; so a count is too high by at
 * most its `error`, and what makes more than 1 in `capacity` of all is always there.
 *
 * @example
 * ```ts
 * import { SpaceSaving } from "@cortado/cortado/handler";
 * import { assertEquals } from "@std/assert";
 *
 * const sketch = new SpaceSaving(2);
 * for (const id of "aababca") sketch.add(id);
 * assertEquals(sketch.top(1), [{ id: "a", count: 4, error: 0 }]);
 * ```
 */
export class SpaceSaving {
  readonly #capacity: number;
  readonly #slots: { id: string; count: number; error: number }[] = [];
  readonly #byId = new Map<string, { count: number }>();
  #total = 0;

  /** Makes one that keeps so many. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How much was added. */
  get total(): number {
    return this.#total;
  }

  /** How many are kept. */
  get size(): number {
    return this.#slots.length;
  }

  /** Counts one that occurred. */
  add(id: string): void {
    this.#total++;
    const known = this.#byId.get(id);
    if (known !== undefined) known.count++;
    else if (this.#slots.length < this.#capacity) this.#push(id);
    else this.#replace(id);
  }

  /** Those that occurred most often, the first one most. */
  top(count: number): readonly Frequent[] {
    return this.#slots.toSorted((a, b) => b.count - a.count).slice(0, count)
      .map((slot) => ({ ...slot }));
  }

  /** Makes all counts less by a factor below 1, so that what occurs now outweighs what occurred. */
  fade(factor: number): void {
    this.#total *= factor;
    for (const slot of this.#slots) {
      slot.count *= factor;
      slot.error *= factor;
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#total = this.#slots.length = 0;
    this.#byId.clear();
  }

  #push(id: string): void {
    const slot = { id, count: 1, error: 0 };
    this.#slots.push(slot);
    this.#byId.set(id, slot);
  }

  #replace(id: string): void {
    let least = this.#slots[0]!;
    for (const slot of this.#slots) if (slot.count < least.count) least = slot;
    this.#byId.delete(least.id);
    Object.assign(least, { id, count: least.count + 1, error: least.count });
    this.#byId.set(id, least);
  }
}
