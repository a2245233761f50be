/**
 * The command CLIENT.
 *
 * @module
 */

import { badRequest, integerOf, syntaxError, textOf, wordOf } from "./arguments.ts";
import { clientNameOf, isPlainText } from "./client_name.ts";
import { killOf, typeOf } from "./connection_kill.ts";
import type { Command, CommandFlag } from "./command.ts";
import { container } from "./container.ts";

const FLAGS: readonly CommandFlag[] = ["noscript", "loading", "stale"];
const ADMIN_FLAGS: readonly CommandFlag[] = ["admin", ...FLAGS];

/** What all subcommands have in common. */
const SHARED = { group: "connection", categories: ["connection"], complexity: "O(1)" } as const;

/** The subcommands, in the order of their names. */
const SUBCOMMANDS: readonly Command[] = [
  {
    ...SHARED,
    name: "client|getname",
    arity: 2,
    flags: FLAGS,
    since: "2.6.9",
    summary: "Gives the client's name",
    syntax: "GETNAME",
    parse: () => ({ op: "CLIENT_GETNAME" }),
  },
  {
    ...SHARED,
    name: "client|id",
    arity: 2,
    flags: FLAGS,
    since: "5.0.0",
    summary: "Gives the number of the connection, which no other has had",
    syntax: "ID",
    parse: () => ({ op: "CLIENT_ID" }),
  },
  {
    ...SHARED,
    name: "client|info",
    arity: 2,
    flags: FLAGS,
    since: "6.2.0",
    tips: ["nondeterministic_output"],
    summary: "Tells what is known of the connection",
    syntax: "INFO",
    parse: () => ({ op: "CLIENT_INFO" }),
  },
  {
    ...SHARED,
    name: "client|kill",
    arity: -3,
    flags: ADMIN_FLAGS,
    since: "2.4.0",
    summary: "Ends connections",
    complexity: "O(N) with N connections",
    syntax: "KILL ip:port | [ID client-id] [TYPE NORMAL | MASTER | REPLICA | PUBSUB] " +
      "[USER username] [ADDR ip:port] [LADDR ip:port] [SKIPME yes/no] [...]",
    parse: killOf,
  },
  {
    ...SHARED,
    name: "client|list",
    arity: -2,
    flags: ADMIN_FLAGS,
    since: "2.4.0",
    tips: ["nondeterministic_output"],
    summary: "Tells what is known of each connection, a line each",
    complexity: "O(N) with N connections",
    syntax: "LIST [TYPE NORMAL | MASTER | REPLICA | PUBSUB] [ID client-id [client-id ...]]",
    parse(args) {
      const op = "CLIENT_LIST";
      if (args.length === 2) return { op, type: undefined, ids: undefined };
      const option = wordOf(args[2]!);
      if (option === "type" && args.length === 4) {
        return { op, type: typeOf(args[3]!), ids: undefined };
      }
      if (option !== "id" || args.length === 3) throw syntaxError();
      const ids = args.slice(3).map((id) => integerOf(id, "Invalid client ID"));
      return { op, type: undefined, ids };
    },
  },
  {
    ...SHARED,
    name: "client|no-evict",
    arity: 3,
    flags: ADMIN_FLAGS,
    since: "7.0.0",
    summary: "Protects the connection from being closed for want of memory",
    syntax: "NO-EVICT ON | OFF",
    parse: (args) => ({ op: "CLIENT_NO_EVICT", on: isOn(args[2]!) }),
  },
  {
    ...SHARED,
    name: "client|no-touch",
    arity: 3,
    flags: FLAGS,
    since: "7.2.0",
    summary: "Makes requests leave no trace in when keys were last used",
    syntax: "NO-TOUCH ON | OFF",
    parse: (args) => ({ op: "CLIENT_NO_TOUCH", on: isOn(args[2]!) }),
  },
  {
    ...SHARED,
    name: "client|reply",
    arity: 3,
    flags: FLAGS,
    since: "3.2.0",
    summary: "Says which replies the client wants",
    syntax: "REPLY ON | OFF | SKIP",
    parse(args) {
      const mode = wordOf(args[2]!);
      if (mode !== "on" && mode !== "off" && mode !== "skip") throw syntaxError();
      return { op: "CLIENT_REPLY", mode };
    },
  },
  {
    ...SHARED,
    name: "client|setinfo",
    arity: 4,
    flags: FLAGS,
    since: "7.2.0",
    summary: "Tells the name or the version of the client's library",
    syntax: "SETINFO LIB-NAME libname | LIB-VER libver",
    parse(args) {
      const option = wordOf(args[2]!);
      if (option !== "lib-name" && option !== "lib-ver") {
        throw badRequest(`Unrecognized option '${textOf(args[2]!)}'`);
      }
      if (!isPlainText(args[3]!)) {
        throw badRequest(`${option} cannot contain spaces, newlines or special characters.`);
      }
      const what = option === "lib-name" ? "library" : "libraryVersion";
      return { op: "CLIENT_SETINFO", what, value: textOf(args[3]!) };
    },
  },
  {
    ...SHARED,
    name: "client|setname",
    arity: 3,
    flags: FLAGS,
    since: "2.6.9",
    summary: "Gives the client a name",
    syntax: "SETNAME connection-name",
    parse: (args) => ({ op: "CLIENT_SETNAME", name: clientNameOf(args[2]!) }),
  },
];

/** CLIENT, which only its subcommands give a meaning. */
export const CLIENT_COMMAND: Command = container({
  name: "client",
  group: "connection",
  since: "2.4.0",
  summary: "Tells of clients, and changes or ends them",
  subcommands: SUBCOMMANDS,
});

function isOn(argument: Uint8Array): boolean {
  const word = wordOf(argument);
  if (word !== "on" && word !== "off") throw syntaxError();
  return word === "on";
}
