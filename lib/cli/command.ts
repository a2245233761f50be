/**
 * What a command is.
 *
 * @module
 */

import { UsageError } from "./error.ts";
import type { OptionTable, OptionValues } from "./options.ts";
import { didYouMean } from "./suggest.ts";

/** What a command does once its words have been checked. Resolves to the exit code, where it is not 0. */
export type Job<Context> = (context: Context) => Promise<number | void>;

/** A command: the one place from which help, completion, dispatch and errors come. */
export interface Command<Context> {
  /** The word that it is called by. */
  readonly name: string;
  /** Its operands, such as `KEY [N]` or `KEY...`: brackets for one that may be left out, `...` for more. */
  readonly operands: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What else there is to know, in lines. */
  readonly notes: readonly string[];
  /** Its options. */
  readonly options: OptionTable;
  /**
   * Checks the operands before anything is done. The options are those that `parseWords` read by the
   * table `options`.
   *
   * @throws {UsageError} When they are wrong.
   */
  prepare(operands: readonly string[], options: OptionValues<OptionTable>): Job<Context>;
}

/** What {@linkcode command} makes a command of. */
export interface CommandSpec<Context, Table extends OptionTable> {
  /** The word that it is called by. */
  readonly name: string;
  /** Its operands. */
  readonly operands?: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What else there is to know, in lines. */
  readonly notes?: readonly string[];
  /** Its options. */
  readonly options?: Table;
  /** Checks operands, whose number is right, and options; returns what is to be done. */
  prepare(operands: readonly string[], options: OptionValues<Table>): Job<Context>;
}

/** Makes a command whose words are counted and whose options have types. */
export function command<Context, Table extends OptionTable = Record<never, never>>(
  spec: CommandSpec<Context, Table>,
): Command<Context> {
  const { name, operands = "", summary, notes = [] } = spec;
  // Without options the table is empty, as its type says.
  const options = spec.options ?? ({} as Table);
  return {
    name,
    operands,
    summary,
    notes,
    options,
    prepare(given, values) {
      checkOperands(name, operands, given.length);
      // They were read by this command's table, each by its own parser.
      return spec.prepare(given, values as OptionValues<Table>);
    },
  };
}

/**
 * Finds a command by its name.
 *
 * @throws {UsageError} When there is none; the message suggests one that is like it, or ends in `hint`.
 */
export function findCommand<C extends { readonly name: string }>(
  name: string,
  commands: readonly C[],
  hint: string,
): C {
  const command = commands.find((command) => command.name === name);
  if (command !== undefined) return command;
  const suggestion = didYouMean(name, commands.map(({ name }) => name));
  throw new UsageError(`Unknown command ${name}${suggestion || `; ${hint}`}`);
}

function checkOperands(name: string, usage: string, given: number): void {
  const names = usage.split(" ").filter(Boolean);
  const needed = names.filter((operand) => !operand.startsWith("["));
  if (given < needed.length) {
    throw new UsageError(
      `Cannot run ${name}: ${needed[given]} is missing; usage: ${name} ${usage}`,
    );
  }
  if (given > names.length && !usage.endsWith("...")) {
    const call = `${name} ${usage}`.trim();
    throw new UsageError(`Cannot run ${name}: ${given} operands are too many; usage: ${call}`);
  }
}
