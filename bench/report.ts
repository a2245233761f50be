/**
 * What a benchmark says: tables for people, or JSON for programs.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";

/** The options that all benchmark programs take. */
export interface BenchOptions {
  /** Whether to print one JSON object instead of tables. */
  readonly json: boolean;
  /** How often each subject is measured. */
  readonly rounds: number;
  /** How many connections there are, for a benchmark that has some. */
  readonly connections: number;
}

/** Reads `--json`, `--rounds N` and `--connections N`. */
export function benchOptions(defaults: { rounds: number; connections?: number }): BenchOptions {
  return {
    json: parseArgs(Deno.args, { boolean: ["json"] })["json"] === true,
    rounds: numberOption("rounds", defaults.rounds),
    connections: numberOption("connections", defaults.connections ?? 0),
  };
}

/**
 * Reads an option that is one or more whole numbers from 1, as in `--depths 1,16`.
 *
 * @throws {Error} When it is anything else.
 */
export function numbersOption(name: string, byDefault: readonly number[]): readonly number[] {
  const text = parseArgs(Deno.args, { string: [name] })[name];
  if (text === undefined) return byDefault;
  const numbers = String(text).split(",").map(Number);
  if (numbers.every((number) => Number.isSafeInteger(number) && number > 0)) return numbers;
  throw new Error(`Cannot take --${name} ${text}: it must be whole numbers from 1`);
}

/** Reads an option that is one whole number from 1; of several, the first. */
export function numberOption(name: string, byDefault: number): number {
  return numbersOption(name, [byDefault])[0]!;
}

/** Writes a line to standard output. */
export function print(line: string): void {
  const bytes = new TextEncoder().encode(line + "\n");
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** Prints the result, as JSON or as the text that `text` makes of it. */
export function report<T>(options: BenchOptions, result: T, text: (result: T) => string): void {
  print(options.json ? JSON.stringify(result) : text(result));
}

/** A row of a table: texts are aligned to the left, numbers must be texts already. */
export type Row = readonly string[];

/** A text table; all columns but the first `left` are aligned to the right. */
export function table(head: Row, rows: readonly Row[], left = 1): string {
  const widths = widthsOf([head, ...rows]);
  const line = (row: Row) =>
    row.map((cell, column) =>
      column < left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    ).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** The same as Markdown, as `deno fmt` would write it. */
export function markdownTable(head: Row, rows: readonly Row[]): string {
  const widths = widthsOf([head, ...rows]).map((width) => Math.max(3, width));
  const line = (row: Row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function widthsOf(rows: readonly Row[]): number[] {
  return rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
}
