/**
 * Lets clients of all sorts come to a server, which runs as a process with a journal, and go:
 * `deno task soak [SECONDS] [SEED]`, by default for ten minutes with a seed of the time. It tells what the
 * server holds meanwhile, and ends with 1 when that grows, or when something is left of clients that have
 * gone. The seed repeats what the clients do, not when they meet. Linux only.
 */

import { judge, LIVE_TOLERANCE, type Sample } from "./judge.ts";
import { soak } from "./run.ts";

const MIB = 1_048_576;

const seconds = numberAt(0, 600);
const seed = numberAt(1, Date.now() % 0x1_0000_0000);

say(`soak: ${seconds} s, seed ${seed}`);
say(
  "     s  clients  live MiB  RSS MiB  descriptors  open  subscriptions  blocked  buffered  keys  entries KiB",
);
try {
  const run = await soak({
    duration: seconds * 1_000,
    seed,
    onSample: (sample) => say(row(sample)),
  });
  const problems = judge(run);
  for (const problem of problems) say(`soak: FAILED: ${problem}`);
  if (problems.length > 0) Deno.exit(1);
  const { before, after } = run;
  say(
    `soak: flat: ${after.accepted} connections came and went, descriptors ${before.descriptors} ` +
      `before and ${after.descriptors} after, live memory within ${LIVE_TOLERANCE / MIB} MiB`,
  );
} catch (cause) {
  say(`soak: FAILED: ${Deno.inspect(cause)}`);
  Deno.exit(1);
}

function row(sample: Sample): string {
  const { seconds, accepted, rss, descriptors, connections, subscriptions, blocked, buffered } =
    sample;
  return [
    seconds.toFixed(0).padStart(6),
    String(accepted).padStart(7),
    (sample.live / MIB).toFixed(2).padStart(8),
    (rss / MIB).toFixed(1).padStart(7),
    String(descriptors).padStart(11),
    String(connections).padStart(4),
    String(subscriptions).padStart(13),
    String(blocked).padStart(7),
    String(buffered).padStart(8),
    String(sample.keys).padStart(4),
    (sample.entryBytes / 1_024).toFixed(0).padStart(11),
  ].join("  ");
}

function numberAt(index: number, otherwise: number): number {
  const text = Deno.args[index];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  say(`Cannot soak: "${text}" is not a number from 0; usage: soak.ts [SECONDS] [SEED]`);
  Deno.exit(2);
}

function say(line: string): void {
  // deno-lint-ignore no-console -- a program for the command line
  console.log(line);
}
