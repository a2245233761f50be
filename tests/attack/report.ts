/**
 * What is told of an attack.
 *
 * @module
 */

import { markdownTable, table } from "../../bench/report.ts";
import type { Outcome } from "./attack.ts";
import { p99At, type Report, slowdown } from "./stage.ts";

/** What is told of a kind of endings at the most: attackers may get many. */
const MAX_ENDINGS = 20;

/** All figures of an attack, as text. */
export function told({ attack, outcome, criteria }: Report): string {
  const { tally, without, beside, cpu, memory, files } = outcome;
  const endings = tally.entries.slice(0, MAX_ENDINGS).map((entry) => [
    entry.ending,
    String(entry.count),
    entry.least.toFixed(0),
    entry.most.toFixed(0),
    String(entry.bytes),
  ]);
  const windows = ([["without", without], ["beside it", beside]] as const).map(([name, it]) => [
    name,
    String(it.all.count),
    p50(it).toFixed(3),
    p99At(it, 0.25).toFixed(3),
    p99At(it, 0.5).toFixed(3),
    it.all.p99.toFixed(3),
    it.all.max.toFixed(0),
  ]);
  return [
    `serve ${attack.options.join(" ")}`,
    table(["attackers got", "times", "after ms", "to ms", "bytes sent"], endings),
    table(
      ["normal client, ms", "requests", "p50", "p99 quartile", "p99 median", "p99 all", "max"],
      windows,
    ),
    `p99 beside it to without: quartile ${slowdown(outcome, 0.25).toFixed(2)}, median ${
      slowdown(outcome, 0.5).toFixed(2)
    }`,
    `memory, MiB: ${mib(memory.before)} before, ${mib(memory.peak)} at the most, ${
      mib(memory.after)
    } after`,
    `open files: ${files.before} before, ${files.peak} at the most, ${files.after} after`,
    `server, part of a core: ${cpu.without.toFixed(2)} without, ${cpu.beside.toFixed(2)} beside it`,
    ...criteria.map(({ claim, seen, holds }) =>
      `${holds ? "holds " : "MISSED"}  ${claim}: ${seen}`
    ),
    "",
  ].join("\n");
}

/** The figures of all attacks as Markdown. */
export function markdownRows(reports: readonly Report[]): string {
  const head = [
    "attack",
    "p99 without, ms",
    "p99 beside, ms",
    "ratio, quartile",
    "ratio, median",
    "slowest, ms",
    "MiB before",
    "MiB peak",
    "MiB after",
    "files at the most",
    "server, part of a core",
  ];
  const rows = reports.map(({ attack, outcome }) => [
    `\`${attack.name}\``,
    p99At(outcome.without, 0.25).toFixed(2),
    p99At(outcome.beside, 0.25).toFixed(2),
    slowdown(outcome, 0.25).toFixed(2),
    slowdown(outcome, 0.5).toFixed(2),
    outcome.beside.all.max.toFixed(0),
    mib(outcome.memory.before),
    mib(outcome.memory.peak),
    mib(outcome.memory.after),
    String(outcome.files.peak),
    outcome.cpu.beside.toFixed(2),
  ]);
  return markdownTable(head, rows);
}

/** The median of all requests. */
function p50({ all }: Outcome["without"]): number {
  return all.p50;
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(0);
}
