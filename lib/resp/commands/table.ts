/**
 * All commands, by name.
 *
 * @module
 */

import type { RespCommand } from "../request_decoder.ts";
import { BIT_COMMANDS } from "./bits.ts";
import { CHANNEL_COMMANDS } from "./channels.ts";
import type { Command } from "./command.ts";
import { COMMAND_COMMANDS } from "./command_commands.ts";
import { CONNECTION_COMMANDS } from "./connection.ts";
import { KEY_COMMANDS } from "./keys.ts";
import { SERVER_COMMANDS } from "./server.ts";
import { STRING_COMMANDS } from "./strings.ts";
import { TRANSACTION_COMMANDS } from "./transactions.ts";

/** A command of the table. */
export interface KnownCommand extends Command {
  /** Its place in {@linkcode ALL_COMMANDS}: what is known of each command is kept in arrays. */
  readonly index: number;
  /** The subcommands of a container. */
  readonly subcommands?: readonly KnownCommand[];
}

let count = 0;

/** Numbers a command, then its subcommands. */
function numbered({ subcommands, ...rest }: Command): KnownCommand {
  const command = { ...rest, index: count++ };
  if (subcommands === undefined) return command;
  return { ...command, subcommands: subcommands.map(numbered) };
}

/** All commands, in the order of their groups; subcommands stand in their containers. */
export const COMMANDS: readonly KnownCommand[] = [
  ...CONNECTION_COMMANDS,
  ...STRING_COMMANDS,
  ...BIT_COMMANDS,
  ...KEY_COMMANDS,
  ...CHANNEL_COMMANDS,
  ...TRANSACTION_COMMANDS,
  ...SERVER_COMMANDS,
  ...COMMAND_COMMANDS,
].map(numbered);

/** All commands by their index, each with its subcommands behind it. */
export const ALL_COMMANDS: readonly KnownCommand[] = COMMANDS.flatMap((command) => [
  command,
  ...(command.subcommands ?? []),
]);

/** A power of two, several times the number of commands. */
const SLOTS = 1_024;

/** A table of commands that is asked with bytes: no string is made for a name. */
class NameTable {
  /** The commands whose names hash alike; most lists have one. */
  readonly #slots: (Named[] | undefined)[] = new Array(SLOTS).fill(undefined);

  constructor(commands: readonly KnownCommand[]) {
    for (const command of commands) {
      const name = nameBytes(command);
      (this.#slots[hashOf(name)] ??= []).push({ name, command });
    }
  }

  /** The command of a name, in letters of any case. */
  find(name: Uint8Array): KnownCommand | undefined {
    const slot = this.#slots[hashOf(name)];
    if (slot === undefined) return undefined;
    for (const named of slot) if (isName(named.name, name)) return named.command;
    return undefined;
  }
}

/** A command, and the last part of its name in small letters. */
interface Named {
  readonly name: Uint8Array;
  readonly command: KnownCommand;
}

/** The first, the third and the last byte and the length tell most names apart. */
function hashOf(name: Uint8Array): number {
  const { length } = name;
  const first = name[0]! | 0x20;
  const third = (length > 2 ? name[2]! : 0) | 0x20;
  const last = name[length - 1]! | 0x20;
  return (first * 31 + third * 7 + last * 131 + length * 17) & (SLOTS - 1);
}

function nameBytes({ name }: Command): Uint8Array {
  return new TextEncoder().encode(name.slice(name.indexOf("|") + 1));
}

/** Whether bytes are a name, in letters of any case. */
function isName(name: Uint8Array, given: Uint8Array): boolean {
  if (given.length !== name.length) return false;
  for (let at = 0; at < name.length; at++) {
    const byte = given[at]!;
    const small = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (small !== name[at]) return false;
  }
  return true;
}

const TABLE = new NameTable(COMMANDS);

const SUBCOMMANDS: ReadonlyMap<KnownCommand, NameTable> = new Map(
  COMMANDS.flatMap((command) =>
    command.subcommands === undefined ? [] : [[command, new NameTable(command.subcommands)]]
  ),
);

/**
 * The command, or subcommand, that arguments name. A container without the name of a subcommand is the
 * command itself, whose arity says that one is missing.
 */
export function findCommand(args: RespCommand): KnownCommand | undefined {
  const command = args[0]!.length === 0 ? undefined : TABLE.find(args[0]!);
  if (command?.subcommands === undefined || args.length < 2) return command;
  const name = args[1]!;
  return name.length === 0 ? undefined : SUBCOMMANDS.get(command)!.find(name);
}

/** The container that arguments name, when they do. */
export function findContainer(args: RespCommand): KnownCommand | undefined {
  const command = args[0]!.length === 0 ? undefined : TABLE.find(args[0]!);
  return command?.subcommands === undefined ? undefined : command;
}
