/**
 * Views of the store in replies.
 *
 * @module
 */

import { copyOfPart } from "./copies.ts";

/** What has a view of the store as its value until that is sent or becomes a copy. */
export interface Loan {
  /** The value. */
  value: Uint8Array | undefined;
  /** Whether it is a view of the store. */
  lent: boolean;
}

/** So many are lent at the most, for replies that are never sent. */
const MAX_LOANS = 4_096;

/**
 * The values that are lent: a reply is most often sent before the next write, and then its value need not be
 * copied but into what is sent. A write copies those that are lent still.
 */
export class Loans {
  readonly #loans: Loan[] = [];
  /** How many are lent. */
  outstanding = 0;

  /** Notes that the value of a reply is a view of the store. */
  lend(loan: Loan): void {
    if (this.#loans.length === MAX_LOANS) this.recall();
    loan.lent = true;
    this.#loans.push(loan);
    this.outstanding++;
  }

  /** Notes that the value of a reply is needed no more. */
  settle(loan: Loan): void {
    if (!loan.lent) return;
    loan.lent = false;
    if (--this.outstanding === 0) this.#loans.length = 0;
  }

  /** Makes what is lent copies; called before the bytes of any record change or move. */
  recall(): void {
    for (const loan of this.#loans) {
      if (!loan.lent) continue;
      loan.lent = false;
      loan.value = copyOfPart(loan.value!, 0, loan.value!.length);
    }
    this.#loans.length = this.outstanding = 0;
  }
}
