/**
 * The command `repl`: commands at a prompt, or from a script.
 *
 * @module
 */

import { decoderStream, DelimiterDecoder, messagesOf } from "../codec/mod.ts";
import { CLIENT_COMMANDS } from "./client_commands.ts";
import { type Command, command, findCommand } from "./command.ts";
import { type CommandClient, type Connect, CONNECTION_OPTIONS, targetOf } from "./connection.ts";
import { describe, isBrokenPipe, UsageError } from "./error.ts";
import { commandHelp, promptHelp } from "./help.ts";
import { type Io, writeLine } from "./io.ts";
import type { Line } from "./prompt.ts";
import { parseWords } from "./options.ts";
import { Printer } from "./printer.ts";
import { formatAddress } from "./quantities.ts";
import { splitWords } from "./words.ts";

/** The longest line of a script, in bytes: a value may stand in it, escaped. */
const MAX_LINE = 268_435_456;

/** The words that mean something to the prompt itself. */
const PROMPT_WORDS = ["help", "exit"];

/** Makes the command, which connects by `connect`. */
export function replCommand(connect: Connect): Command<Io> {
  return command({
    name: "repl",
    summary: "type commands at a prompt, or run those of standard input",
    notes: [
      "The commands are those of the command line; words with spaces stand in quotes, and",
      '\\n, \\r, \\t, \\\\, \\" and \\xNN are escapes: set "a key" "line one\\nline two\\x00".',
      "Values are printed in the same way. Tab completes names; the up key brings lines back.",
      "If standard input is no terminal, the exit code is 1 when a command failed.",
    ],
    options: CONNECTION_OPTIONS,
    prepare: (_, values) => async (io) => {
      const [address, options] = await targetOf(values, io, true);
      await using client = await connect(address, options);
      const isTyped = io.isTerminal.stdin && io.isTerminal.stdout;
      const lines = isTyped ? await typedLines(formatAddress(address)) : scriptLines(io.stdin);
      const failed = await runLines(lines, client, io);
      return failed && !isTyped ? 1 : 0;
    },
  });
}

/** What may stand where the line ends. */
export function completions(line: string): string[] {
  const [, before = "", word = ""] = /^\s*(help\s+)?(\S*)$/.exec(line) ?? [, , "\0"];
  const names = CLIENT_COMMANDS.map(({ name }) => name);
  const candidates = before === "" ? [...names, ...PROMPT_WORDS] : names;
  const start = line.slice(0, line.length - word.length);
  return candidates.filter((name) => name.startsWith(word)).map((name) => `${start}${name} `);
}

async function typedLines(server: string): Promise<AsyncIterable<Line>> {
  const { promptLines } = await import("./prompt.ts");
  return promptLines(`${server}> `, completions);
}

/** The lines of a script. */
async function* scriptLines(input: ReadableStream<Uint8Array>): AsyncGenerator<Line, void, void> {
  const { signal } = new AbortController(); // A script ends with the process.
  const lines = new DelimiterDecoder({
    delimiter: "\n",
    maxLength: MAX_LINE,
    allowUnterminated: true,
  });
  let count = 0;
  for await (const line of messagesOf(input.pipeThrough(decoderStream(lines)))) {
    yield { text: decodeLine(line, ++count), signal };
  }
}

function decodeLine(line: Uint8Array, number: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(line);
  } catch {
    throw new UsageError(`Cannot read line ${number}: it is not UTF-8; write its bytes as \\xNN`);
  }
}

/** Runs the commands one after the other, and returns whether one failed. */
export async function runLines(
  lines: AsyncIterable<Line>,
  client: CommandClient,
  io: Io,
): Promise<boolean> {
  let failed = false;
  for await (const line of lines) {
    if (line.signal.aborted) continue;
    try {
      const words = splitWords(line.text);
      if (words[0] === "exit") break;
      await runWords(words, line.signal, client, io);
    } catch (error) {
      if (isBrokenPipe(error)) throw error;
      failed = true;
      await writeLine(io.stderr, `error: ${describe(error)}`);
    }
  }
  return failed;
}

async function runWords(
  [name, ...words]: readonly string[],
  signal: AbortSignal,
  client: CommandClient,
  { stdout }: Io,
): Promise<void> {
  if (name === undefined) return;
  if (name === "help") return await writeLine(stdout, helpFor(words[0]).trimEnd());
  const command = findCommand(name, CLIENT_COMMANDS, "help lists the commands");
  const { operands, options, help } = parseWords(words, command.options);
  if (help) return await writeLine(stdout, helpFor(name).trimEnd());
  const printer = new Printer(stdout, "prompt");
  try {
    await command.prepare(operands, options)({ client, printer, readInput: undefined, signal });
  } finally {
    await printer.flush();
  }
}

function helpFor(name: string | undefined): string {
  if (name === undefined) return promptHelp(CLIENT_COMMANDS);
  return commandHelp(findCommand(name, CLIENT_COMMANDS, "help lists the commands"));
}
