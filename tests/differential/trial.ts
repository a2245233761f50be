/** Tries sequences, and tells a failure so that it can be repeated. */

import { differenceOf, type Sequence, shownWords } from "./compare.ts";
import type { Side } from "./sides.ts";
import { shrink } from "./shrink.ts";

/** Replies longer than this are cut where they are shown. */
const SHOWN = 2_000;

/** The report of a difference, with the shortest sequence found that still has one; or nothing. */
export async function tryOut(
  sides: readonly [Side, Side],
  name: string,
  sequence: Sequence,
): Promise<string | undefined> {
  const first = await differenceOf(sides, sequence);
  if (first === undefined) return undefined;
  const upTo = sequence.steps.slice(0, first.at + 1);
  const differs = async (steps: Sequence["steps"]) =>
    await differenceOf(sides, { ...sequence, steps }) !== undefined;
  const steps = await shrink(upTo, differs);
  const last = await differenceOf(sides, { ...sequence, steps }) ?? first;
  const [one, other] = last.replies.map((reply) => JSON.stringify(reply).slice(0, SHOWN));
  return [
    `${name}: RESP${sequence.version}, ${steps.length} of ${sequence.steps.length} steps:`,
    ...steps.map(({ on, words, as }) => `  ${on}> ${shownWords(words)}${as ? ` (${as})` : ""}`),
    `  difference in ${last.of}`,
    `  ${sides[0].name}: ${one}`,
    `  ${sides[1].name}: ${other}`,
  ].join("\n");
}
