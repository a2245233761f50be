/**
 * Tries sessions with made-up streams of CAFE, plain and protected, and of RESP:
 * `deno task fuzz [FRAMES] [SEED]`, by default 10,000,000 frames with a seed of the time. Frames are counted
 * when a session has read them, and only once when their stream is tried again in other chunks. It ends with
 * 1 at the first stream that a rule does not hold for, when a round takes too long, or when the process
 * takes too much memory.
 */

import type { Report, Task } from "./worker.ts";

const MIB = 1_048_576;

/** What the process may take: sessions of the last rounds, which the collector has not come to yet. */
const MAX_RSS = 1_024 * MIB;

/** A round takes a few seconds: after this time one hangs. */
const MAX_ROUND_MS = 120_000;

const PROGRESS_EVERY_MS = 15_000;

const frames = numberAt(0, 10_000_000);
const seed = numberAt(1, Date.now() % 0x1_0000_0000);
const begin = performance.now();
let told = begin;
let peak = 0;

say(`fuzz: ${frames} frames, seed ${seed}`);
const worker = new Worker(new URL("./worker.ts", import.meta.url).href, { type: "module" });
let watchdog = setTimeout(hang, MAX_ROUND_MS);
worker.addEventListener("error", ({ message }) => fail(message));
worker.addEventListener("message", ({ data }: MessageEvent<Report>) => onReport(data));
worker.postMessage({ frames, seed } satisfies Task);

function onReport(report: Report): void {
  clearTimeout(watchdog);
  watchdog = setTimeout(hang, MAX_ROUND_MS);
  peak = Math.max(peak, Deno.memoryUsage().rss);
  if (report.failure !== undefined) fail(report.failure);
  if (peak > MAX_RSS) fail(`the process takes ${Math.round(peak / MIB)} MiB`);
  if (report.isDone) {
    tellAll(report);
    Deno.exit(0);
  }
  if (performance.now() - told < PROGRESS_EVERY_MS) return;
  told = performance.now();
  say(`fuzz: ${totalOf(report, "frames")} frames, ${Math.round(peak / MIB)} MiB`);
}

function tellAll(report: Report): void {
  say(row(["kind", "streams", "frames", "done", "errors"]));
  for (const [kind, { streams, frames, done, errors }] of report.kinds) {
    say(row([kind, streams, frames, done, errors]));
  }
  const totals = (["streams", "frames", "done", "errors"] as const)
    .map((name) => totalOf(report, name));
  say(row(["all", ...totals]));
  const seconds = (performance.now() - begin) / 1_000;
  const rate = Math.round(totalOf(report, "frames") / seconds);
  say(
    `fuzz: no failure with seed ${seed}: ${seconds.toFixed(0)} s, ${rate} frames/s, ` +
      `at most ${Math.round(peak / MIB)} MiB`,
  );
}

function totalOf({ kinds }: Report, name: "streams" | "frames" | "done" | "errors"): number {
  return kinds.reduce((sum, [, tally]) => sum + tally[name], 0);
}

function row([kind, ...figures]: readonly (string | number)[]): string {
  return String(kind).padEnd(36) + figures.map((one) => String(one).padStart(12)).join("");
}

function hang(): never {
  fail(`a round has not ended within ${MAX_ROUND_MS / 1_000} s`);
}

function fail(why: string): never {
  say(`fuzz: FAILED with seed ${seed}: ${why}`);
  Deno.exit(1);
}

function numberAt(index: number, otherwise: number): number {
  const text = Deno.args[index];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  say(`Cannot fuzz: "${text}" is not a whole number from 0; usage: fuzz.ts [FRAMES] [SEED]`);
  Deno.exit(2);
}

function say(line: string): void {
  // deno-lint-ignore no-console -- a program for the command line
  console.log(line);
}
