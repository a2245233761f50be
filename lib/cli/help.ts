/**
 * The help: of all commands, and of each.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { flagOf, type OptionTable } from "./options.ts";

/** What the help needs of a command. */
export type Described = Pick<
  Command<never>,
  "name" | "operands" | "summary" | "notes" | "options"
>;

const UNITS = [
  "SIZE   bytes, or a number with KiB, MiB or GiB: 65536, 64KiB",
  "TIME   a number with ms, s, m, h or d: 500ms, 10s, 5m; 0 needs none",
];

/** The help that names every command. */
export function overview(commands: readonly Described[]): string {
  return [
    "Usage: main.ts COMMAND [OPTIONS]",
    "",
    "Cortado, a key-value server.",
    "",
    "Commands:",
    ...table(commands.map((command) => [callOf(command), command.summary])),
    "",
    "Options:",
    ...table([
      ["--help", "print this help, or with a command the help of the command"],
      ["--version", "print the version"],
    ]),
    "",
    "Exit codes: 0 done, 1 failed or not found, 2 called in a wrong way.",
    "",
  ].join("\n");
}

/** The help of one command; `program` stands before its name. */
export function commandHelp(command: Described, program = ""): string {
  const rows = Object.entries(command.options).map(([name, { value, summary }]) => [
    value === undefined ? flagOf(name) : `${flagOf(name)} ${value}`,
    summary,
  ]);
  return [
    `Usage: ${program}${callOf(command)}${rows.length > 0 ? " [OPTIONS]" : ""}`,
    "",
    sentence(command.summary),
    ...command.notes.length > 0 ? ["", ...command.notes] : [],
    ...rows.length > 0 ? ["", "Options:", ...table(rows)] : [],
    ...unitsOf(command.options),
    "",
  ].join("\n");
}

/** The commands of the prompt, in lines. */
export function promptHelp(commands: readonly Described[]): string {
  const rows = commands.map((command) => [callOf(command), command.summary]);
  return [
    ...table([
      ...rows,
      ["help [COMMAND]", "print this help, or that of a command"],
      ["exit", "leave, as Ctrl-D does"],
    ]),
    'Words with spaces stand in quotes: set "a key" "line one\\nline two\\x00"',
  ].join("\n");
}

function unitsOf(options: OptionTable): string[] {
  const used = new Set(Object.values(options).map(({ value }) => value));
  const units = UNITS.filter((line) => used.has(line.split(" ")[0]));
  return units.length > 0 ? ["", ...units] : [];
}

function callOf({ name, operands }: Described): string {
  return `${name} ${operands}`.trim();
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

/** Lines of two columns. */
function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([left = ""]) => left.length));
  return rows.map(([left = "", right = ""]) => `  ${left.padEnd(width)}  ${right}`);
}
