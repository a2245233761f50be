/** Tries sessions with made-up streams until so many frames were read, and counts what became of them. */

import type { Random } from "../random.ts";
import { makeStream, tryStream } from "./cafe.ts";
import { makeProtectedStream, tryProtectedStream } from "./protected.ts";
import { tryRespStream } from "./resp.ts";
import { makeRespStream } from "./resp_streams.ts";
import type { AnyStream, Outcome } from "./talk.ts";
import { type Conversation, makeConversation, tryConversation } from "./transfers.ts";

/** What became of all streams of a kind. */
export interface Tally {
  streams: number;
  frames: number;
  done: number;
  errors: number;
}

/** The families of streams: each makes one and tries it. */
export const FAMILIES = {
  cafe: (random: Random) => tried(makeStream(random), tryStream),
  protected: (random: Random) => tried(makeProtectedStream(random), tryProtectedStream),
  transfers: (random: Random) => tried(makeConversation(random), tryConversation),
  resp: (random: Random) => tried(makeRespStream(random), tryRespStream),
} as const;

/** The name of a family. */
export type Family = keyof typeof FAMILIES;

/** How many of all frames each family gets; those that are protected take five times as long as the plain ones. */
export const SHARES: Readonly<Record<Family, number>> = {
  cafe: 0.66,
  protected: 0.08,
  transfers: 0.04,
  resp: 0.22,
};

/** The tallies of all kinds of streams. */
export class Tallies {
  readonly #kinds = new Map<string, Tally>();

  /** Counts one stream. */
  add({ kind, frames, done, errors }: Outcome): void {
    let tally = this.#kinds.get(kind);
    if (tally === undefined) {
      this.#kinds.set(kind, tally = { streams: 0, frames: 0, done: 0, errors: 0 });
    }
    tally.streams++;
    tally.frames += frames;
    tally.done += done;
    tally.errors += errors;
  }

  /** Each kind with its tally, in the order of their names. */
  get kinds(): [string, Tally][] {
    return [...this.#kinds].sort(([a], [b]) => a < b ? -1 : 1);
  }

  /** All kinds together. */
  get total(): Tally {
    const total = { streams: 0, frames: 0, done: 0, errors: 0 };
    for (const tally of this.#kinds.values()) {
      for (const name of ["streams", "frames", "done", "errors"] as const) {
        total[name] += tally[name];
      }
    }
    return total;
  }
}

/** Tries streams of one family until a session has read so many frames. Throws at the first that fails. */
export function tryFrames(
  family: Family,
  count: number,
  random: Random,
  tallies: Tallies = new Tallies(),
): Tallies {
  for (let frames = 0; frames < count;) {
    const outcome = FAMILIES[family](random);
    frames += outcome.frames;
    tallies.add(outcome);
  }
  return tallies;
}

function tried<S extends AnyStream | Conversation>(
  stream: S,
  attempt: (stream: S) => Outcome,
): Outcome {
  try {
    return attempt(stream);
  } catch (cause) {
    const shown = "bytes" in stream
      ? `a stream of ${stream.bytes.toHex()} in chunks of ${stream.sizes}`
      : `the conversation ${JSON.stringify(stream)}`;
    throw new Error(`failure in ${shown}`, { cause });
  }
}
