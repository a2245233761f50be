/**
 * Comparisons as text: tables and verdicts.
 *
 * @module
 */

import type { Spread } from "../../lib/load/mod.ts";
import { markdownTable, type Row, table } from "../report.ts";
import { type Bar, type Comparison, isMet, type PeerFigures, ratio } from "./figures.ts";

const HEAD: Row = [
  ...["load", "server", "req/s med", "x", "req/s q", "x", "cpu us/req med", "x", "q", "x"],
  ...["p50 ms", "p99 ms", "p99.9 ms", "sent B", "received B", "set-up B", "MiB", "driver"],
];
const BARS_HEAD: Row = ["claim", "bar", "median", "quartile", "verdict"];

const MIB = 1_048_576;

/** A comparison with its table and its bars. */
export function comparisonText(
  { title, notes, groups, bars, failures }: Comparison,
  markdown: boolean,
): string {
  const rows = groups.flatMap(({ load, figures }) =>
    figures.map((peer) => rowOf(load, peer, figures[0]!))
  );
  const draw = (head: Row, rows: readonly Row[], left: number) =>
    markdown ? markdownTable(head, rows) : table(head, rows, left);
  const known = withoutEmpty([HEAD, ...rows]);
  return [
    `# ${title}`,
    "",
    ...notes,
    "",
    draw(known[0]!, known.slice(1), 2),
    ...(bars.length > 0 ? ["", draw(BARS_HEAD, bars.map(barRow), 1)] : []),
    ...failures,
    "",
  ].join("\n");
}

function rowOf(load: string, peer: PeerFigures, base: PeerFigures): Row {
  const { name, rate, cpu, p50, p99, p999, sent, received, setUp, memory, driver } = peer;
  const [rates, cpus] = [ratio(rate, base.rate), ratio(cpu, base.cpu)];
  return [
    ...[load, name],
    ...[number(rate.median, 0), number(rates.median, 2)],
    ...[number(rate.quartile, 0), number(rates.quartile, 2)],
    ...[number(cpu.median, 2), number(cpus.median, 2)],
    ...[number(cpu.quartile, 2), number(cpus.quartile, 2)],
    ...[p50, p99, p999].map((time) => number(time?.median, 2)),
    ...[number(sent, 1), number(received, 1), number(setUp, 0), number(memory && memory / MIB, 0)],
    driver === undefined ? "" : `${(100 * driver).toFixed(0)}%`,
  ];
}

/** A table without the columns in which nothing stands. */
function withoutEmpty(rows: readonly Row[]): readonly Row[] {
  const kept = rows[0]!.map((_, column) => rows.slice(1).some((row) => row[column] !== ""));
  return rows.map((row) => row.filter((_, column) => kept[column]));
}

function barRow(bar: Bar): Row {
  const { median, quartile }: Spread = bar.value;
  const sign = bar.must === "least" ? ">=" : "<=";
  const verdict = Number.isNaN(median) ? "not measured" : isMet(bar) ? "met" : "missed";
  return [bar.claim, `${sign} ${bar.bar}`, number(median, 2), number(quartile, 2), verdict];
}

function number(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? "" : value.toFixed(digits);
}
