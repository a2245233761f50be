/**
 * From the arguments of the process to its exit code.
 *
 * @module
 */

import { CLIENT_COMMANDS } from "./client_commands.ts";
import { type Command, findCommand } from "./command.ts";
import { connected } from "./connected.ts";
import { type Connect, connectClient } from "./connection.ts";
import { dissectorCommand } from "./dissector.ts";
import { describe, exitCodeOf, isBrokenPipe, UsageError } from "./error.ts";
import { commandHelp, overview } from "./help.ts";
import { type Io, writeLine } from "./io.ts";
import { loadCommand } from "./load.ts";
import { parseWords } from "./options.ts";
import { hashPasswordCommand } from "./hash_password.ts";
import { inspectCommand } from "./inspect.ts";
import { repairCommand } from "./repair.ts";
import { replCommand } from "./repl.ts";
import { replayCommand } from "./replay.ts";
import { serve } from "./serve.ts";
import { didYouMean } from "./suggest.ts";
import { tapCommand } from "./tap.ts";

/** What follows the name of a command that is not known. */
const HELP_HINT = "--help lists the commands";

/**
 * Runs the command that the arguments name, and resolves to the exit code of the process. All errors have
 * been told, in one line each.
 */
export async function main(
  args: readonly string[],
  io: Io,
  connect: Connect = connectClient,
): Promise<number> {
  try {
    return await dispatch(args, io, connect) ?? 0;
  } catch (error) {
    if (!isBrokenPipe(error)) await writeLine(io.stderr, `cortado: ${describe(error)}`);
    return exitCodeOf(error);
  }
}

async function dispatch(
  [name, ...words]: readonly string[],
  io: Io,
  connect: Connect,
): Promise<number | void> {
  const commands = allCommands(connect);
  switch (name) {
    case undefined:
      throw new UsageError("No command is given; --help lists them");
    case "--version":
    case "-V":
      return await writeLine(io.stdout, `cortado ${await version()}`);
    case "--help":
    case "-h":
    case "help":
      return await help(words[0], commands, io);
  }
  if (name.startsWith("-")) throw unknownOption(name);
  const command = findCommand(name, commands, HELP_HINT);
  const { operands, options, help: isHelp } = parseWords(words, command.options);
  if (isHelp) return await help(name, commands, io);
  return await command.prepare(operands, options)(io);
}

async function version(): Promise<string> {
  const { VERSION } = await import("../handler/mod.ts");
  return VERSION;
}

async function help(
  name: string | undefined,
  commands: readonly Command<Io>[],
  { stdout }: Io,
): Promise<void> {
  const text = name === undefined
    ? overview(commands)
    : commandHelp(findCommand(name, commands, HELP_HINT), "main.ts ");
  await stdout.write(new TextEncoder().encode(text));
}

function unknownOption(word: string): UsageError {
  const hint = didYouMean(word, ["--help", "--version"]) || "; options stand behind the command";
  return new UsageError(`Unknown option ${word}${hint}`);
}

/** Every command of the command line, in the order of the help. */
function allCommands(connect: Connect): readonly Command<Io>[] {
  const overConnection = CLIENT_COMMANDS.map((command) => connected(command, connect));
  return [
    serve,
    repairCommand,
    hashPasswordCommand,
    inspectCommand,
    tapCommand,
    replayCommand,
    dissectorCommand,
    ...overConnection,
    replCommand(connect),
    loadCommand,
  ];
}
