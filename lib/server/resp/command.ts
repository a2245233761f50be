/**
 * The handlers of COMMAND, and of HELP.
 *
 * @module
 */

import { type CommandFilter, type CommandRequest, globMatches } from "../../model/mod.ts";
import {
  ALL_COMMANDS,
  categoriesOf,
  type Command,
  COMMANDS,
  describeForPeople,
  describeForPrograms,
  describeHelp,
  describeUse,
  findCommand,
  isArity,
  keysAmong,
  keySpecsOf,
  RESP_NULL,
  respArray,
  respBulk,
  type RespCommand,
  respError,
  respInteger,
  respMap,
  type RespValue,
} from "../../resp/mod.ts";
import type { ConnectionHandlers } from "./handlers.ts";

const UTF8 = new TextEncoder();
const LATIN1 = new TextDecoder("latin1");

const BY_NAME = new Map(ALL_COMMANDS.map((command) => [command.name, command]));

/** A command by its full name, in letters of any case. */
function commandNamed(name: Uint8Array): Command | undefined {
  return BY_NAME.get(LATIN1.decode(name).toLowerCase());
}

/** Whether a command is listed. No command is of a module. */
function passes(command: Command, { by, argument }: CommandFilter): boolean {
  if (by === "module") return false;
  if (by === "pattern") return globMatches(argument, UTF8.encode(command.name), true);
  const category = LATIN1.decode(argument).toLowerCase();
  return categoriesOf(command).includes(category);
}

function listed(filter: CommandFilter | undefined): RespValue {
  const commands = filter === undefined
    ? ALL_COMMANDS
    : ALL_COMMANDS.filter((command) => passes(command, filter));
  return respArray(commands.map(({ name }) => respBulk(name)));
}

/** The keys of a request, with what is done with them if that is wanted. */
function keysOf(args: RespCommand, wantUse: boolean): RespValue {
  const command = findCommand(args);
  if (command === undefined) return respError("ERR Invalid command specified");
  if (keySpecsOf(command).length === 0) {
    return respError("ERR The command has no key arguments");
  }
  if (!isArity(command.arity, args.length)) {
    return respError("ERR Invalid number of arguments specified for command");
  }
  return respArray(
    keysAmong(command, args).map(({ key, use }) =>
      wantUse ? respArray([respBulk(key), describeUse(use)]) : respBulk(key)
    ),
  );
}

/** The handlers of COMMAND, and of the HELP of every container. */
export const COMMAND_HANDLERS: ConnectionHandlers<CommandRequest> = {
  COMMAND: () => respArray(COMMANDS.map(describeForPrograms)),
  COMMAND_COUNT: () => respInteger(COMMANDS.length),
  COMMAND_LIST: ({ filter }) => listed(filter),
  COMMAND_INFO({ names }) {
    if (names.length === 0) return respArray(COMMANDS.map(describeForPrograms));
    const found = names.map(commandNamed);
    return respArray(found.map((one) => one === undefined ? RESP_NULL : describeForPrograms(one)));
  },
  COMMAND_DOCS({ names }) {
    const found = names.length === 0 ? COMMANDS : names.map(commandNamed);
    const known = found.filter((one) => one !== undefined);
    return respMap(known.map((one) => [respBulk(one.name), describeForPeople(one)]));
  },
  COMMAND_GETKEYS: ({ args, wantUse }) => keysOf(args, wantUse),
  COMMAND_HELP: ({ container }) => describeHelp(BY_NAME.get(container)!),
};
