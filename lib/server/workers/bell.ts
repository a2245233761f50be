/**
 * Waking a thread that sleeps.
 *
 * @module
 */

/** What a thread is, in the word of its bell. */
const AWAKE = 0;
const ASLEEP = 1;
/** It sleeps, and has something to send that a ring had no room for. */
const WANTS_ROOM = 2;

/** How much memory a bell takes: a cache line. */
export const BELL_BYTES = 64;

/**
 * A word of shared memory that tells whether a thread sleeps, so that another one wakes it only then: a
 * wake-up costs a system call. Who wants to sleep says so, looks again whether there is anything to do, and
 * waits; who has sent something looks at the word. Nobody is blocked.
 */
export class Bell {
  readonly #word: Int32Array<SharedArrayBuffer>;

  /** The bell whose word is at an offset. */
  constructor(shared: SharedArrayBuffer, offset: number) {
    this.#word = new Int32Array(shared, offset, 1);
  }

  /** Its thread is about to sleep: from now on others wake it. */
  lie(wantsRoom: boolean): void {
    Atomics.store(this.#word, 0, wantsRoom ? WANTS_ROOM : ASLEEP);
  }

  /** Its thread does not sleep. */
  rise(): void {
    Atomics.store(this.#word, 0, AWAKE);
  }

  /** Resolves when somebody rings, or after a time; nothing when somebody has rung since `lie`. */
  wait(ms: number): Promise<unknown> | undefined {
    const state = Atomics.load(this.#word, 0);
    if (state === AWAKE) return undefined;
    const wait = Atomics.waitAsync(this.#word, 0, state, ms);
    return wait.async ? wait.value : undefined;
  }

  /** Something was sent to its thread. */
  ring(): void {
    if (Atomics.load(this.#word, 0) !== AWAKE) this.wake();
  }

  /** There is room again for what its thread sends. */
  ringForRoom(): void {
    if (Atomics.load(this.#word, 0) === WANTS_ROOM) this.wake();
  }

  /** Wakes its thread, whatever the word says. */
  wake(): void {
    Atomics.store(this.#word, 0, AWAKE);
    Atomics.notify(this.#word, 0);
  }
}
