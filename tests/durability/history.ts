/** What one client has written, in order, held against what a server has after it was killed. */

import type { Operation } from "./changes.ts";
import { apply, type Kept, type Span, type State } from "./model.ts";

/** An operation that was sent. */
export interface Sent {
  readonly index: number;
  readonly operation: Operation;
  readonly at: number;
  /** When it was acknowledged, and the version that its entry got where the reply says that. */
  acknowledgedAt?: number;
  version?: number;
}

/** What a server has of one client, and when it was asked. */
export interface Found {
  readonly state: State;
  /** The tags of the client in the log, in order. */
  readonly tags: readonly string[];
  readonly asked: Span;
}

/** All that one client has sent since the last comparison. */
export class History {
  readonly name: string;
  #base: State = new Map();
  #sent: Sent[] = [];
  #acknowledged = 0;

  /** Begins with nothing. */
  constructor(name: string) {
    this.name = name;
  }

  /** How many operations were acknowledged: those, and all before them, must be there. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** How many operations were sent. */
  get sent(): number {
    return this.#sent.length;
  }

  /** Adds an operation that is being sent. */
  send(operation: Operation): Sent {
    const sent = { index: this.#sent.length, operation, at: Date.now() };
    this.#sent.push(sent);
    return sent;
  }

  /** Notes that an operation was acknowledged. */
  acknowledge(sent: Sent): void {
    sent.acknowledgedAt = Date.now();
    this.#acknowledged = Math.max(this.#acknowledged, sent.index + 1);
  }

  /**
   * Looks for the operations that the server has: all up to one of those that are behind the last one that
   * was acknowledged. What was found is where the next history begins.
   *
   * @returns How many of the operations that were not acknowledged it has, or what differs.
   */
  settle(found: Found, endedAt: number): number | string {
    const kept = this.#keptOf(found, endedAt);
    if (typeof kept === "string") return `${this.name}: ${kept}`;
    const more = kept - this.#acknowledged;
    this.#base = new Map(found.state);
    this.#sent = [];
    this.#acknowledged = 0;
    return more;
  }

  #keptOf(found: Found, endedAt: number): number | string {
    const comparison = new Comparison(new Map(this.#base), found);
    let first: string | undefined;
    for (let count = 0;; count++) {
      if (count >= this.#acknowledged) {
        const difference = comparison.difference();
        if (difference === undefined) return count;
        first ??=
          `after ${count} of ${this.#sent.length} operations, all acknowledged: ${difference}`;
      }
      const next = this.#sent[count];
      if (next === undefined) return first!;
      comparison.take(next, endedAt);
    }
  }
}

/** A state that is brought forward, held against what was found. */
class Comparison {
  readonly #state: State;
  readonly #found: Found;
  readonly #wrong = new Set<string>();
  readonly #tags: string[] = [];

  constructor(state: State, found: Found) {
    this.#state = state;
    this.#found = found;
    for (const place of state.keys()) this.#look(place);
    for (const place of found.state.keys()) this.#look(place);
  }

  take({ operation, at, acknowledgedAt, version }: Sent, endedAt: number): void {
    const places = apply(this.#state, operation, [at, acknowledgedAt ?? endedAt], version);
    for (const place of places) this.#look(place);
    for (const change of operation.changes) {
      if (change.type === "tag") this.#tags.push(change.tag);
    }
  }

  /** What differs; nothing when all is equal. */
  difference(): string | undefined {
    const [place] = this.#wrong;
    if (place !== undefined) {
      const [expected, found] = [this.#state.get(place), this.#found.state.get(place)];
      return `${place} is ${shown(found)} instead of ${shown(expected)}`;
    }
    const [expected, found] = [this.#tags.join(""), this.#found.tags.join("")];
    return expected === found ? undefined : `its tags are ${found} instead of ${expected}`;
  }

  #look(place: string): void {
    const expected = this.#state.get(place);
    if (agrees(expected, this.#found.state.get(place), this.#found.asked)) {
      this.#wrong.delete(place);
    } else this.#wrong.add(place);
  }
}

/** Whether what was found may be what is expected; `asked` says when it was found. */
function agrees(expected: Kept | undefined, found: Kept | undefined, asked: Span): boolean {
  if (expected === undefined) return found === undefined;
  if (found === undefined) return expected.end[0] <= asked[1];
  if (expected.version !== undefined && found.version !== expected.version) return false;
  const [end] = found.end;
  return found.value === expected.value && end >= expected.end[0] && end <= expected.end[1];
}

function shown(kept: Kept | undefined): string {
  if (kept === undefined) return "missing";
  const { value, end, version } = kept;
  const text = value.length > 60 ? `${value.slice(0, 60)}... (${value.length} bytes)` : value;
  return `"${text}", version ${version ?? "any"}, until ${end.join(" to ")}`;
}
