/**
 * Who watches all requests.
 *
 * @module
 */

/** Who is told of each request. */
export interface Monitor {
  /** Tells of a request, in a line. Must not throw, and must not wait. */
  observe(line: string): void;
}

/** The connections that have asked for all requests. */
export class Monitors {
  readonly #all = new Set<Monitor>();

  /** How many there are: while it is 0 no line need be made. */
  get size(): number {
    return this.#all.size;
  }

  /** Whether somebody is among them. */
  has(monitor: Monitor): boolean {
    return this.#all.has(monitor);
  }

  /** Adds one. */
  add(monitor: Monitor): void {
    this.#all.add(monitor);
  }

  /** Removes one; nothing happens when it was not there. */
  delete(monitor: Monitor): void {
    this.#all.delete(monitor);
  }

  /** Tells all of them of a request. */
  tell(line: string): void {
    for (const monitor of this.#all) monitor.observe(line);
  }
}
