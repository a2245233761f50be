/**
 * Options and operands of a command.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { describe, UsageError } from "./error.ts";
import { didYouMean } from "./suggest.ts";

/** An option of a command. */
export interface Option<T> {
  /** What stands for its value in the help, such as `SIZE`; an option without one is a switch. */
  readonly value?: string;
  /** What it does, for the help. */
  readonly summary: string;
  /** For a limit: what the log of a server says about it. */
  readonly limit?: LimitText<T>;
  /** Reads its value. Throws an error that says what was found and what may stand there. */
  parse(text: string): T;
}

/** How a limit is told. */
export interface LimitText<T> {
  /** What it is when nobody sets it. */
  readonly byDefault: T;
  /** A value in words. */
  format(value: T): string;
}

/** Options by the name of the property that holds the value; `maxKeySize` is `--max-key-size`. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of the options that were given. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: Table[Name] extends Option<infer T> ? T : never;
};

/** What the words behind a command's name say. */
export interface ParsedWords<Table extends OptionTable> {
  /** The words that are no options, as they were given. */
  readonly operands: string[];
  /** The values of the options. */
  readonly options: OptionValues<Table>;
  /** Whether `--help` or `-h` was given. */
  readonly help: boolean;
}

/** An option without a value. What is on elsewhere is off with `false` behind it: `--memory=false`. */
export function switchOption(summary: string): Option<boolean> {
  return { summary, parse: parseSwitch };
}

function parseSwitch(text: string): boolean {
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new RangeError(`${JSON.stringify(text)} is not true, false, 1 or 0`);
}

/** An option with a value. */
export function valueOption<T>(
  value: string,
  summary: string,
  parse: (text: string) => T,
): Option<T> {
  return { value, summary, parse };
}

/** The option as it is typed: `maxKeySize` is `--max-key-size`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Tells options from operands. Operands stay text whatever they look like; `-5` is an operand, and so is
 * all behind `--`.
 *
 * @throws {UsageError} For an option that is not in the table or is given twice, or a value that is missing
 *   or wrong.
 */
export function parseWords<Table extends OptionTable>(
  words: readonly string[],
  table: Table,
): ParsedWords<Table> {
  const names = Object.keys(table);
  const keyOf = (name: string) => flagOf(name).slice(2);
  const operands: string[] = [];
  const { switches, rest } = takeSwitches(words, table);
  const given = parseArgs(shield(rest), {
    boolean: ["help", ...names.filter((name) => table[name]!.value === undefined).map(keyOf)],
    string: names.filter((name) => table[name]!.value !== undefined).map(keyOf),
    collect: names.map(keyOf), // All values of each: what is given twice must not be lost.
    alias: { help: "h" },
    unknown(word, key) {
      if (key !== undefined) throw unknownOption(word, names.map(flagOf));
      operands.push(word);
      return false;
    },
  });
  const help = given["help"] === true;
  const entries = names.flatMap((name) => {
    const values = [...valuesOf(given[keyOf(name)]), ...switches.get(name) ?? []];
    if (help || values.length === 0) return [];
    return [[name, optionValue(name, table[name]!, values)] as const];
  });
  return {
    operands: [...operands, ...given._.map(String)].map(unshield),
    // The table was read key by key, each value by its own parser.
    options: Object.fromEntries(entries) as OptionValues<Table>,
    help,
  };
}

/** Takes out switches with a value, as `--no-tcp=false`: `parseArgs` has its own ideas about them. */
function takeSwitches(words: readonly string[], table: OptionTable) {
  const names = new Map(
    Object.keys(table).filter((name) => table[name]!.value === undefined)
      .map((name) => [flagOf(name), name]),
  );
  const switches = new Map<string, string[]>();
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const rest = words.filter((word, at) => {
    const [, flag = "", value = ""] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const name = at < end ? names.get(flag) : undefined;
    if (name === undefined) return true;
    switches.set(name, [...switches.get(name) ?? [], value]);
    return false;
  });
  return { switches, rest };
}

/** The values of an option that is collected. */
function valuesOf(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : [];
}

function optionValue(name: string, option: Option<unknown>, given: readonly unknown[]): unknown {
  const flag = flagOf(name);
  if (given.length > 1) {
    throw new UsageError(`Option ${flag} is given ${given.length} times: give it once`);
  }
  const text = unshield(String(given[0]));
  if (option.value !== undefined && text === "") {
    throw new UsageError(`Option ${flag} needs a value: ${flag} ${option.value}`);
  }
  try {
    return option.parse(text);
  } catch (error) {
    throw new UsageError(`Option ${flag}: ${describe(error)}`);
  }
}

function unknownOption(word: string, flags: readonly string[]): UsageError {
  const flag = word.replace(/=.*$/s, "");
  if (flags.includes(flag)) return new UsageError(`Option ${flag} needs a value`);
  const hint = didYouMean(flag, [...flags, "--help"]);
  return new UsageError(
    `Unknown option ${flag}${hint || "; put -- before operands that begin with -"}`,
  );
}

/** Stands before words that `parseArgs` is not to look at: no argument of a process can hold it. */
const SHIELD = "\0";

/**
 * Hides what `parseArgs` would take for something else: negative numbers (options named by digits), and
 * `true` and `false` (values of the switch before them).
 */
function shield(words: readonly string[]): string[] {
  return words.map((word) => /^(?:-\d|\0|true$|false$)/.test(word) ? SHIELD + word : word);
}

function unshield(word: string): string {
  return word.startsWith(SHIELD) ? word.slice(1) : word;
}
