/**
 * Kills a server while clients write to it, and looks what it has after a restart, again and again:
 * `deno task kill [ROUNDS] [SEED]`, by default 1,000 rounds with a seed of the time. The seed repeats what is
 * written, not when the kill meets it. A failure tells what differs and keeps the directory.
 */

import type { Round } from "./kill_loop.ts";
import { runRounds, type Summary } from "./kill_rounds.ts";

const PROGRESS_EVERY = 25;

const rounds = numberAt(0, 1_000);
const seed = numberAt(1, Date.now() % 0x1_0000_0000);

say(`kill: ${rounds} rounds, seed ${seed}`);
try {
  const summary = await runRounds(rounds, seed, onRound);
  say(`kill: done, nothing is missing: ${told(summary)}`);
} catch (cause) {
  say(`kill: FAILED: ${cause instanceof Error ? cause.message : cause}`);
  Deno.exit(1);
}

function onRound(summary: Summary, _: Round): void {
  if (summary.rounds % PROGRESS_EVERY === 0) say(`kill: ${told(summary)}`);
}

function told(summary: Summary): string {
  const { acknowledged, more, lost, compacting, torn, asked } = summary;
  return `${summary.rounds} rounds (${compacting} in the middle of a snapshot, ${torn} with a torn ` +
    `write, ${asked} by SIGTERM), ${acknowledged} operations acknowledged and kept, ` +
    `${more} kept besides, ${lost} not carried out`;
}

function numberAt(index: number, otherwise: number): number {
  const text = Deno.args[index];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  say(`Cannot kill: "${text}" is not a number from 0; usage: kill.ts [ROUNDS] [SEED]`);
  Deno.exit(2);
}

function say(line: string): void {
  // deno-lint-ignore no-console -- a program for the command line
  console.log(line);
}
