/**
 * The arguments of CLIENT KILL.
 *
 * @module
 */

import type { ClientKillRequest, ClientType } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, integerOf, syntaxError, textOf, wordOf } from "./arguments.ts";

/** The types of clients by the names that they have in requests. */
const TYPES: Readonly<Record<string, ClientType>> = {
  normal: "normal",
  master: "master",
  replica: "replica",
  slave: "replica",
  pubsub: "pubsub",
};

const BAD_ID = "client-id should be greater than 0";

/** The conditions while they are read. */
type Conditions = { -readonly [Name in keyof ClientKillRequest]: ClientKillRequest[Name] };

/**
 * The type of clients that an argument names.
 *
 * @throws {CommandError} When it names none.
 */
export function typeOf(argument: Uint8Array): ClientType {
  const word = wordOf(argument);
  if (!Object.hasOwn(TYPES, word)) throw badRequest(`Unknown client type '${textOf(argument)}'`);
  return TYPES[word]!;
}

/**
 * Which connections `CLIENT KILL` is to end: the one from an address, or those that conditions hold for.
 *
 * @throws {CommandError} When a condition does not exist or is wrong.
 */
export function killOf(args: RespCommand): ClientKillRequest {
  const conditions: Conditions = {
    op: "CLIENT_KILL",
    id: undefined,
    address: undefined,
    localAddress: undefined,
    type: undefined,
    user: undefined,
    skipsMe: true,
    one: false,
  };
  if (args.length === 3) {
    return { ...conditions, address: textOf(args[2]!), skipsMe: false, one: true };
  }
  for (let at = 2; at < args.length; at += 2) {
    const value = args[at + 1];
    if (value === undefined) throw syntaxError();
    addCondition(conditions, wordOf(args[at]!), value);
  }
  return conditions;
}

function addCondition(conditions: Conditions, name: string, value: Uint8Array): void {
  switch (name) {
    case "id":
      conditions.id = integerOf(value, BAD_ID);
      if (conditions.id < 1) throw badRequest(BAD_ID);
      return;
    case "type":
      conditions.type = typeOf(value);
      return;
    case "addr":
      conditions.address = textOf(value);
      return;
    case "laddr":
      conditions.localAddress = textOf(value);
      return;
    case "user":
      conditions.user = textOf(value);
      return;
    case "skipme":
      conditions.skipsMe = isYes(value);
      return;
    default:
      throw syntaxError();
  }
}

function isYes(argument: Uint8Array): boolean {
  const word = wordOf(argument);
  if (word !== "yes" && word !== "no") throw syntaxError();
  return word === "yes";
}
