/** A server without a network, in a time of its own. */

import { type Clock, Load, type LoadOptions, RESP, type Socket } from "../../lib/load/mod.ts";
import { nextTurn } from "../../lib/server/turn.ts";

const PONG = new TextEncoder().encode("+PONG\r\n");
/** How many bytes a PING has. */
const PING_SIZE = 14;

/** Answers each PING at once, but in its pause, and takes some time for each that is written. */
export class VirtualServer implements Clock {
  readonly #pause: readonly [from: number, to: number];
  readonly #writeTime: number;
  #now = 0;
  #due: { readonly at: number; readonly answer: () => void }[] = [];

  constructor(pause: readonly [from: number, to: number], writeTime = 0) {
    this.#pause = pause;
    this.#writeTime = writeTime;
  }

  /** Connects a load of PINGs. */
  connect(options: LoadOptions): Promise<Load> {
    const all = { ...options, protocol: RESP, mix: { PING: 1 }, clock: this };
    return Load.connect(() => Promise.resolve(this.#socket()), all);
  }

  now(): number {
    return this.#now;
  }

  async pause(milliseconds: number): Promise<void> {
    await nextTurn(); // What was answered is read before the time goes on.
    this.#moveTo(this.#now + Math.max(0, milliseconds));
  }

  #moveTo(time: number): void {
    for (const { at } of [...this.#due]) if (at <= time) this.#answerUntil(at);
    this.#now = Math.max(this.#now, time);
  }

  #answerUntil(time: number): void {
    this.#now = Math.max(this.#now, time);
    const due = this.#due.filter(({ at }) => at <= time);
    this.#due = this.#due.filter(({ at }) => at > time);
    for (const { answer } of due) answer();
  }

  #socket(): Socket {
    let answered = 0;
    let wake = () => {};
    let open = true;
    return {
      write: async (bytes) => {
        this.#now += this.#writeTime;
        const [from, to] = this.#pause;
        const at = this.#now >= from && this.#now < to ? to : this.#now;
        const answer = () => {
          answered += bytes.length / PING_SIZE;
          wake();
        };
        // In a closed loop nobody else moves the time.
        if (at === this.#now) answer();
        else if (this.#writeTime > 0) {
          this.#now = at;
          answer();
        } else this.#due.push({ at, answer });
        await Promise.resolve();
        return bytes.length;
      },
      read: async (room) => {
        if (answered === 0 && open) await new Promise<void>((resolve) => wake = resolve);
        if (!open) return null;
        const count = Math.min(answered, Math.floor(room.length / PONG.length));
        for (let i = 0; i < count; i++) room.set(PONG, i * PONG.length);
        answered -= count;
        return count * PONG.length;
      },
      close() {
        open = false;
        wake();
      },
    };
  }
}
