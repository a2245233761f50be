/**
 * Flow control: how much one side may send before the other has dealt with it (docs/cafe.md, section 8).
 *
 * @module
 */

/** How much may be in flight: sent, and not given back by the other side. */
export interface Window {
  /** Requests. */
  readonly requests: number;
  /** Bytes of whole frames. */
  readonly bytes: number;
}

/** What is left of a window, and what of it was used and not given back; each side keeps one. */
export class Credit {
  /** The whole of it. */
  readonly window: Window;
  #requests = 0;
  #bytes = 0;

  /** Makes one of which nothing is used. */
  constructor(window: Window) {
    this.window = window;
  }

  /** What is used. */
  get used(): Window {
    return { requests: this.#requests, bytes: this.#bytes };
  }

  /**
   * Whether nothing more may be sent. The last frame may take more bytes than are left: a window need not be
   * as long as the longest frame.
   */
  get exhausted(): boolean {
    return this.#requests >= this.window.requests || this.#bytes >= this.window.bytes;
  }

  /** Whether half of it is used: then it is worth a frame to give that back. */
  get low(): boolean {
    return 2 * this.#requests >= this.window.requests || 2 * this.#bytes >= this.window.bytes;
  }

  /** Uses some of it. */
  spend(requests: number, bytes: number): void {
    this.#requests += requests;
    this.#bytes += bytes;
  }

  /** Gives back what was used. */
  giveBack({ requests, bytes }: Window): void {
    this.#requests = Math.max(0, this.#requests - requests);
    this.#bytes = Math.max(0, this.#bytes - bytes);
  }
}
