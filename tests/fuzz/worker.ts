/** Tries frames in rounds, and posts what became of them after each: who started it sees when one hangs. */

import { Random } from "../random.ts";
import { type Family, SHARES, Tallies, type Tally, tryFrames } from "./run.ts";

/** What it is told to try. */
export interface Task {
  readonly frames: number;
  readonly seed: number;
}

/** What it posts: the tallies so far, or why it has ended. */
export interface Report {
  readonly kinds: readonly [string, Tally][];
  readonly isDone: boolean;
  readonly failure?: string;
}

/** Frames in one round. */
const ROUND = 20_000;

/** The thread that has started this one; the types of the whole project know of no worker. */
const parent = globalThis as unknown as {
  onmessage: (event: MessageEvent<Task>) => void;
  postMessage(report: Report): void;
};

parent.onmessage = ({ data }) => {
  const random = new Random(data.seed);
  const tallies = new Tallies();
  const post = (isDone: boolean, failure?: string) =>
    parent.postMessage({ kinds: tallies.kinds, isDone, ...failure && { failure } });
  try {
    while (tallies.total.frames < data.frames) {
      for (const family of Object.keys(SHARES) as Family[]) {
        tryFrames(family, ROUND * SHARES[family], random, tallies);
      }
      post(false);
    }
    post(true);
  } catch (cause) {
    post(true, Deno.inspect(cause));
  }
};
