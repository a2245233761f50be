/**
 * When readers in other threads may look.
 *
 * @module
 */

import { CLOSED, SEQUENCE, SEQUENCE_BYTES, type SharedNews } from "./shared_words.ts";

/**
 * The writer's side of a sequence lock: one word that is odd while anything changes, and another even number
 * behind it. A reader that finds the same even number before and after its look has seen nothing half done.
 *
 * Why that holds: the ECMAScript memory model orders plain accesses by atomic ones only where an atomic read
 * sees an atomic write, so that it alone does not keep a plain read before a later `Atomics.load`, nor a plain
 * write behind an earlier `Atomics.store` (Boehm, "Can seqlocks get along with programming language memory
 * models?"). V8 does: each of them is a call, or an operation that its instruction selector lets no load or
 * store pass; and x86 keeps loads in order, and stores. ARM does not, but never lets an acquiring load pass a
 * releasing store: so there is an `Atomics.load` behind the store that makes the number odd, and the reader has
 * an `Atomics.store` to a word of its own before it looks at the number again.
 */
export class Sections {
  /** The words that readers look at. */
  readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(SEQUENCE_BYTES);
  /** Told of shared memory as it is made and given away, for the readers. Must not write. */
  onShared: (news: SharedNews) => void = () => {};
  readonly #words = new Int32Array(this.buffer);
  #sequence = 0;
  #depth = 0;

  /**
   * Begins a change, which readers see whole or not at all. Changes may be parts of others. It should end in the
   * same turn of the event loop, for all readers ask meanwhile, and whatever happens: in a `finally`.
   */
  begin(): void {
    if (this.#depth++ > 0) return;
    Atomics.store(this.#words, SEQUENCE, this.#next());
    Atomics.load(this.#words, SEQUENCE);
  }

  /** Ends a change that was begun. */
  end(): void {
    if (--this.#depth === 0) Atomics.store(this.#words, SEQUENCE, this.#next());
  }

  /** Whether readers must ask the owner, whatever they look for. */
  get closed(): boolean {
    return this.#words[CLOSED] !== 0;
  }

  /** Says whether readers must ask the owner; no look that ends later is answered without it. */
  set closed(value: boolean) {
    this.begin();
    this.#words[CLOSED] = value ? 1 : 0;
    this.end();
  }

  #next(): number {
    return this.#sequence = this.#sequence + 1 | 0;
  }
}
