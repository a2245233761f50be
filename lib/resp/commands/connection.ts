/**
 * The commands of the connection.
 *
 * @module
 */

import type { ConnectionHelloRequest, Credentials } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, integerOf, syntaxError, textOf, wordOf } from "./arguments.ts";
import { clientNameOf } from "./client_name.ts";
import { CLIENT_COMMAND } from "./connection_client.ts";
import type { Command, CommandFlag } from "./command.ts";
import { databaseOf } from "./databases.ts";

/** What is carried out also before a client is authenticated. */
const BEFORE_AUTH: readonly CommandFlag[] = [
  "noscript",
  "loading",
  "stale",
  "fast",
  "no_auth",
  "allow_busy",
];

/** The commands of the connection. */
export const CONNECTION_COMMANDS: readonly Command[] = [
  {
    name: "ping",
    arity: -1,
    flags: ["fast"],
    group: "connection",
    since: "1.0.0",
    summary: "Gives back what it was sent, or PONG",
    complexity: "O(1)",
    syntax: "PING [message]",
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    parse(args) {
      if (args.length > 2) throw badRequest("wrong number of arguments for 'ping' command");
      return { op: "CONNECTION_PING", message: args[1] };
    },
  },
  {
    name: "echo",
    arity: 2,
    flags: ["loading", "stale", "fast"],
    group: "connection",
    since: "1.0.0",
    summary: "Gives back what it was sent",
    complexity: "O(1)",
    syntax: "ECHO message",
    parse: (args) => ({ op: "ECHO", message: args[1]! }),
  },
  {
    name: "hello",
    arity: -1,
    flags: BEFORE_AUTH,
    group: "connection",
    since: "6.0.0",
    summary: "Chooses the version of the protocol, and tells who the client is",
    complexity: "O(1)",
    syntax: "HELLO [protover [AUTH username password] [SETNAME clientname]]",
    parse: helloOf,
  },
  {
    name: "auth",
    arity: -2,
    flags: BEFORE_AUTH,
    group: "connection",
    since: "1.0.0",
    summary: "Gives the password of a user",
    complexity: "O(N) with N bytes of the password",
    syntax: "AUTH [username] password",
    parse(args) {
      if (args.length > 3) throw syntaxError();
      if (args.length === 2) return { op: "AUTH", user: undefined, password: args[1]! };
      return { op: "AUTH", user: args[1]!, password: args[2]! };
    },
  },
  {
    name: "select",
    arity: 2,
    flags: ["loading", "stale", "fast"],
    group: "connection",
    since: "1.0.0",
    summary: "Makes the requests that follow be about another database",
    complexity: "O(1)",
    syntax: "SELECT index",
    parse: (args) => ({ op: "SELECT", database: databaseOf(args[1]!) }),
  },
  {
    name: "quit",
    arity: -1,
    flags: BEFORE_AUTH,
    group: "connection",
    since: "1.0.0",
    summary: "Ends the connection",
    complexity: "O(1)",
    syntax: "QUIT",
    parse: () => ({ op: "QUIT" }),
  },
  {
    name: "reset",
    arity: 1,
    flags: BEFORE_AUTH,
    group: "connection",
    since: "6.2.0",
    summary: "Makes the connection what it was when it began",
    complexity: "O(1)",
    syntax: "RESET",
    parse: () => ({ op: "RESET" }),
  },
  CLIENT_COMMAND,
  {
    name: "monitor",
    arity: 1,
    flags: ["admin", "noscript", "loading", "stale"],
    group: "server",
    since: "1.0.0",
    summary: "Sends all requests of all clients, as they are carried out",
    complexity: "O(N) with N bytes of each request",
    syntax: "MONITOR",
    parse: () => ({ op: "MONITOR" }),
  },
];

const MIN_VERSION = 2;
const MAX_VERSION = 3;

/** A version that does not exist is told before what is wrong with the options behind it. */
function helloOf(args: RespCommand): ConnectionHelloRequest {
  const op = "CONNECTION_HELLO";
  const [, versionArgument] = args;
  if (versionArgument === undefined) {
    return { op, version: undefined, credentials: undefined, name: undefined };
  }
  const version = integerOf(
    versionArgument,
    "Protocol version is not an integer or out of range",
  );
  if (version < MIN_VERSION || version > MAX_VERSION) {
    return { op, version, credentials: undefined, name: undefined };
  }
  return { op, version, ...helloOptions(args) };
}

function helloOptions(args: RespCommand): Pick<ConnectionHelloRequest, "credentials" | "name"> {
  let credentials: Credentials | undefined;
  let name: string | undefined;
  for (let at = 2; at < args.length;) {
    const option = wordOf(args[at]!);
    const left = args.length - at - 1;
    if (option === "auth" && left >= 2) {
      credentials = { user: args[at + 1]!, password: args[at + 2]! };
      at += 3;
    } else if (option === "setname" && left >= 1) {
      name = clientNameOf(args[at + 1]!);
      at += 2;
    } else throw badRequest(`Syntax error in HELLO option '${textOf(args[at]!)}'`);
  }
  return { credentials, name };
}
