/**
 * Options in the environment: `CORTADO_MAX_VALUE_SIZE` is `--max-value-size`.
 *
 * @module
 */

import { PASSWORD_VARIABLE, USER_VARIABLE } from "./connection.ts";
import { describe, UsageError } from "./error.ts";
import type { Io } from "./io.ts";
import type { Option, OptionTable } from "./options.ts";
import type { Given, GivenOptions } from "./origin.ts";
import { didYouMean } from "./suggest.ts";

/** What all variables begin with. */
const PREFIX = "CORTADO_";

/** The variable of an option: `maxValueSize` is `CORTADO_MAX_VALUE_SIZE`. */
export function variableOf(name: string): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** What of the environment is read. */
export type Environment = Pick<Io, "env" | "envNames" | "mayReadEnv">;

/** The options of an environment. */
export interface EnvironmentOptions {
  /** Their values. A variable that is empty gives none. */
  readonly given: GivenOptions;
  /** What Deno does not permit to read, and what follows from that, in lines for the log. */
  readonly notes: readonly string[];
}

/**
 * Reads the variables of all options in a table.
 *
 * @param flags The names of the options that flags give.
 * @throws {UsageError} When a variable has a value that its option does not take, or begins as they do and is
 *   none. Those can be found only where all of the environment may be read.
 */
export function readEnvironment(
  table: OptionTable,
  io: Environment,
  flags: readonly string[] = [],
): EnvironmentOptions {
  const names = new Map(Object.keys(table).map((name) => [variableOf(name), name]));
  const variables = [...names.keys()];
  const isKnown = (name: string) => names.has(name) || name === USER_VARIABLE; // That is of clients.
  const present = io.envNames();
  const unknown = present?.find((name) => name.startsWith(PREFIX) && !isKnown(name));
  if (unknown !== undefined) throw unknownVariable(unknown, variables);
  // To go on without a password that may not be read would let everybody in: Deno asks for it, or refuses.
  const needed = flags.includes(names.get(PASSWORD_VARIABLE) ?? "") ? [] : [PASSWORD_VARIABLE];
  const mayRead = (name: string) => needed.includes(name) || io.mayReadEnv(name);
  const unread = present ? [] : variables.filter((name) => !mayRead(name));
  const given = new Map<string, Given>();
  for (const [variable, name] of names) {
    const text = unread.includes(variable) ? undefined : io.env(variable);
    if (text) given.set(name, givenBy(variable, table[name]!, text));
  }
  return { given, notes: present ? [] : [noteAbout(unread)] };
}

function givenBy(variable: string, option: Option<unknown>, text: string): Given {
  const origin = { told: `environment ${variable}`, named: `Environment variable ${variable}` };
  try {
    return { value: option.parse(text), origin };
  } catch (error) {
    throw new UsageError(`${origin.named}: ${describe(error)}`);
  }
}

function unknownVariable(variable: string, known: readonly string[]): UsageError {
  const hint = didYouMean(variable, known) ||
    `; main.ts serve --help lists the options, and --port is ${variableOf("port")}`;
  return new UsageError(`Unknown environment variable ${variable}${hint}`);
}

function noteAbout(unread: readonly string[]): string {
  if (unread.length === 0) {
    return `environment: unknown ${PREFIX}* variables are not noticed, since Deno permits to read ` +
      "known ones only; --allow-env permits all";
  }
  const [first, ...others] = unread;
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return `environment: ${first}${more} are not read, since Deno does not permit it; ` +
    `-P or --allow-env=${PREFIX}* does`;
}
