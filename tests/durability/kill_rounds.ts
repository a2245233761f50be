/** Rounds of the kill loop, in a directory of their own. */

import { KillLoop, type Round } from "./kill_loop.ts";

/** What became of all rounds. */
export interface Summary {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Operations whose replies did not come, and which were found all the same. */
  readonly more: number;
  /** Operations that were sent and not carried out. */
  readonly lost: number;
  /** Rounds that ended while a snapshot was made, with a torn write, and by SIGTERM. */
  readonly compacting: number;
  readonly torn: number;
  readonly asked: number;
}

const NOTHING: Summary = {
  rounds: 0,
  acknowledged: 0,
  more: 0,
  lost: 0,
  compacting: 0,
  torn: 0,
  asked: 0,
};

/**
 * Kills a server so often.
 *
 * @param onRound Told what became of each round, and of all by then.
 * @throws When a server has not what it should have: the message has the seed and the directory, which stays.
 */
export async function runRounds(
  count: number,
  seed: number,
  onRound: (summary: Summary, round: Round) => void = () => {},
): Promise<Summary> {
  const directory = await Deno.makeTempDir({ prefix: "cortado-kill-" });
  const loop = new KillLoop(directory, seed);
  let summary = NOTHING;
  try {
    for (let i = 0; i <= count; i++) {
      const round = await (i < count ? loop.next() : loop.end());
      if (round === undefined) continue;
      summary = added(summary, round);
      onRound(summary, round);
    }
  } catch (cause) {
    throw new Error(`seed ${seed}, directory ${directory}: ${cause}`, { cause });
  }
  await Deno.remove(directory, { recursive: true });
  return summary;
}

function added(summary: Summary, round: Round): Summary {
  return {
    rounds: summary.rounds + 1,
    acknowledged: summary.acknowledged + round.acknowledged,
    more: summary.more + round.more,
    lost: summary.lost + round.lost,
    compacting: summary.compacting + Number(round.compacting),
    torn: summary.torn + Number(round.torn),
    asked: summary.asked + Number(round.asked),
  };
}
