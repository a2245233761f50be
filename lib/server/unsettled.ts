/**
 * Replies that wait for the journal.
 *
 * @module
 */

import type { Incoming, Outgoing } from "./conversation.ts";
import { isNoReply } from "./replies.ts";

/** The requests whose replies wait for the journal, and where in the output these are. */
export class Unsettled {
  readonly #requests: Incoming[] = [];
  /** Where each one's replies begin and end. */
  readonly #places: number[] = [];

  /** How many there are. */
  get size(): number {
    return this.#requests.length;
  }

  /** Adds a request whose replies stand in the output from one place to another. */
  add(request: Incoming, from: number, to: number): void {
    this.#requests.push(request);
    this.#places.push(from, to);
  }

  /** Forgets all: the journal has what they tell. */
  clear(): void {
    this.#requests.length = this.#places.length = 0;
  }

  /**
   * Puts an error in the place of the replies to each request, and forgets all; what is none among them stays.
   *
   * @param refuse Gives the error, if there is to be one; it is told whether there is a reply.
   */
  takeBack(
    output: Outgoing[],
    refuse: (request: Incoming, replied: boolean) => Outgoing | undefined,
  ): void {
    for (let at = this.#requests.length; at-- > 0;) {
      const [from, to] = [this.#places[2 * at]!, this.#places[2 * at + 1]!];
      const others = output.slice(from, to).filter(isNoReply);
      const reply = refuse(this.#requests[at]!, to - from > others.length);
      output.splice(from, to - from, ...reply === undefined ? [] : [reply], ...others);
    }
    this.clear();
  }
}
