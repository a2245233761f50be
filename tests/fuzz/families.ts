/** What the tests of the families of streams share: together they try a million frames. */

import { assert, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { Random } from "../random.ts";
import { type Family, SHARES, tryFrames } from "./run.ts";

const FRAMES = 1_000_000;

/** How many of the frames are at the least answered as they should be, and with an error. */
const LEAST = { done: 0.4, errors: 0.2 };

/** Tries the share of one family; asserts that its frames were read, and most of them understood. */
export function testFamily(family: Family, what: string, kinds: number, least = LEAST): void {
  const count = FRAMES * SHARES[family];
  Deno.test({
    name: `Session bears ${count} frames of ${what}: random, of a grammar, and with changes`,
    permissions: "none",
    fn() {
      const tallies = tryFrames(family, count, new Random(0xcafe));
      const { streams, frames, done, errors } = tallies.total;
      assertGreaterOrEqual(frames, count);
      assertGreater(done, frames * least.done); // Some are quiet, and most of all those are not answered.
      assertGreater(errors, frames * least.errors);
      assertGreater(streams, count / 200);
      const each = tallies.kinds;
      assert(each.length === kinds && each.every(([, tally]) => tally.frames > frames / kinds / 2));
    },
  });
}
