/**
 * The options of a command that has them from flags, the environment and a file.
 *
 * @module
 */

import { readConfigFile } from "./config_file.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { type Option, type OptionTable, type OptionValues, valueOption } from "./options.ts";
import { BY_DEFAULT, givenByFlags, type GivenOptions, type Origin } from "./origin.ts";

/** The option that names the file. A file cannot name another one. */
export const CONFIG_OPTION: { readonly config: Option<string> } = {
  config: valueOption(
    "FILE",
    "options in JSON; flags and the environment go first",
    (path) => path,
  ),
};

/** What is in force. */
export interface Configuration<Table extends OptionTable> {
  /** The values of the options that were given anywhere. */
  readonly values: OptionValues<Table>;
  /** What the log is to say about them. */
  readonly notes: readonly string[];
  /** Who set an option. */
  originOf(name: string): Origin;
}

/**
 * Puts together what is given: a flag goes over the environment, that over the file.
 *
 * @param table All options, with {@linkcode CONFIG_OPTION}.
 * @param flags The values of the flags.
 * @throws {UsageError} When a name is unknown or a value is wrong, in whatever place.
 */
export async function configure<Table extends OptionTable>(
  table: Table,
  flags: OptionValues<Table>,
  io: Environment,
): Promise<Configuration<Table>> {
  const byFlags = givenByFlags(flags);
  const environment = readEnvironment(table, io, [...byFlags.keys()]);
  const given = new Map([...environment.given, ...byFlags]);
  const path = given.get("config")?.value;
  const byFile = typeof path === "string" ? await fileOptions(path, table) : [];
  const all: GivenOptions = new Map([...byFile, ...given]);
  const values = [...all].map(([name, { value }]) => [name, value] as const);
  return {
    // Each was read by the parser of its option in the table.
    values: Object.fromEntries(values) as OptionValues<Table>,
    notes: environment.notes,
    originOf: (name) => all.get(name)?.origin ?? BY_DEFAULT,
  };
}

function fileOptions(path: string, table: OptionTable): Promise<GivenOptions> {
  const { config: _, ...fields } = table;
  return readConfigFile(path, fields);
}

/** A line for each limit in a table, with its value and who set it, in the order of their names. */
export function limitLines<Table extends OptionTable>(
  table: Table,
  { values, originOf }: Pick<Configuration<Table>, "values" | "originOf">,
): string[] {
  const rows = Object.entries(table).flatMap(([name, { limit }]) => {
    if (limit === undefined) return [];
    const value = values[name] ?? limit.byDefault;
    return [[name, limit.format(value), `(${originOf(name).told})`] as const];
  }).toSorted(([a], [b]) => a < b ? -1 : 1);
  const [names, texts] = [0, 1].map((at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map(([name, text, who]) =>
    `limit ${name.padEnd(names!)} ${text.padEnd(texts!)} ${who}`
  );
}
