/**
 * The server beside those that people would pick instead, in five comparisons.
 *
 *     deno task bench:peers [resp|cafe|text|framing|growth ...] [--rounds 15] [--all] [--json]
 *       [--markdown] [--svg FILE]
 *
 * Every server is started here, and gets the same load in short slices by turns. Without `--all` a part
 * of the loads is measured, which takes about 10 minutes for all five; the exit code is 1 when something
 * failed, not when a bar was missed.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { benchOptions, print, report } from "../report.ts";
import { compareCafe } from "./cafe.ts";
import type { Comparison, PeerOptions } from "./figures.ts";
import { compareFramings } from "./framing.ts";
import { compareGrowth } from "./growth.ts";
import { compareResp } from "./resp.ts";
import { picture } from "./svg.ts";
import { comparisonText } from "./tables.ts";
import { compareText } from "./text.ts";

const COMPARISONS: Readonly<Record<string, (options: PeerOptions) => Promise<Comparison>>> = {
  resp: compareResp,
  cafe: compareCafe,
  text: compareText,
  framing: compareFramings,
  growth: compareGrowth,
};

/** All that is said in the end. */
interface Outcome {
  readonly rounds: number;
  /** How many processors there are, and how many programs waited for them, before and after. */
  readonly processors: number;
  readonly loadBefore: readonly number[];
  readonly loadAfter: readonly number[];
  readonly seconds: number;
  readonly comparisons: readonly Comparison[];
}

const options = benchOptions({ rounds: 15 });
const args = parseArgs(Deno.args, {
  boolean: ["all", "json", "markdown"],
  string: ["svg", "rounds"],
});
const chosen = args._.length > 0 ? args._.map(String) : Object.keys(COMPARISONS);
for (const name of chosen) {
  if (Object.hasOwn(COMPARISONS, name)) continue;
  throw new Error(`Cannot compare ${name}: there are ${Object.keys(COMPARISONS).join(", ")}`);
}

const loadBefore = Deno.loadavg();
const start = performance.now();
const comparisons: Comparison[] = [];
for (const name of chosen) {
  const comparison = await COMPARISONS[name]!({
    rounds: options.rounds,
    all: args["all"] === true,
  });
  comparisons.push(comparison);
  if (!options.json) print(comparisonText(comparison, args["markdown"] === true));
}
const outcome: Outcome = {
  rounds: options.rounds,
  processors: navigator.hardwareConcurrency,
  loadBefore,
  loadAfter: Deno.loadavg(),
  seconds: Math.round((performance.now() - start) / 1_000),
  comparisons,
};
report(options, outcome, text);
const svg = args["svg"];
if (svg !== undefined) await Deno.writeTextFile(String(svg), picture(comparisons));
if (comparisons.some(({ failures }) => failures.length > 0)) Deno.exitCode = 1;

function text({ rounds, processors, loadBefore, loadAfter, seconds }: Outcome): string {
  const load = (numbers: readonly number[]) => numbers.map((one) => one.toFixed(1)).join(" ");
  return `${rounds} rounds, ${seconds} s, ${processors} processors; load average ` +
    `${load(loadBefore)} before, ${load(loadAfter)} after; x: ratio to the first server; ` +
    "q: quartile on the undisturbed side";
}
