/**
 * What describes a command of RESP.
 *
 * @module
 */

import type { ConnectionRequest, Request, Response } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import type { RespValue } from "../value.ts";

/** The flags that commands have, in the order in which Redis lists them. */
export const COMMAND_FLAGS = [
  "write",
  "readonly",
  "denyoom",
  "admin",
  "pubsub",
  "noscript",
  "blocking",
  "loading",
  "stale",
  "skip_monitor",
  "skip_slowlog",
  "fast",
  "no_auth",
  "no_async_loading",
  "no_multi",
  "movablekeys",
  "allow_busy",
] as const;

/** A flag of a command, as COMMAND tells it. */
export type CommandFlag = typeof COMMAND_FLAGS[number];

/** What a command is about, as COMMAND DOCS tells it. */
export type CommandGroup =
  | "string"
  | "bitmap"
  | "generic"
  | "pubsub"
  | "transactions"
  | "connection"
  | "scripting"
  | "server";

/** Where the keys stand among the arguments; the command's name is at 0. */
export interface KeyPositions {
  /** The first key. */
  readonly first: number;
  /** The last key; counted from the end when it is negative. */
  readonly last: number;
  /** From one key to the next. */
  readonly step: number;
}

/**
 * What commands do with keys, in the order in which Redis lists it: first whether they read or write one, then
 * what they do with its value.
 */
export const KEY_USES = [
  "RO",
  "RW",
  "OW",
  "RM",
  "access",
  "update",
  "insert",
  "delete",
  "variable_flags",
] as const;

/** What a command does with a key, as COMMAND tells it. */
export type KeyUse = typeof KEY_USES[number];

/** Keys that a command uses in one way. */
export interface KeySpec extends KeyPositions {
  /** What it does with them. */
  readonly use: readonly KeyUse[];
  /** What it does with them when the arguments are these, where that depends on them. */
  readonly useOf?: (args: RespCommand) => readonly KeyUse[];
}

/** What a command belongs to besides what follows from its group and its flags; rules of ACL name it. */
export type Category = "keyspace" | "connection" | "admin" | "dangerous";

/** A request that a command is parsed to. */
export type ParsedRequest = Request | ConnectionRequest;

/** A command: what COMMAND tells of it, and what becomes of its arguments and of its response. */
export interface Command<R extends ParsedRequest = ParsedRequest> {
  /** The name in small letters; that of a subcommand has its container before it: `client|id`. */
  readonly name: string;
  /** How many arguments it takes, with its name (both names of a subcommand); at least that many when negative. */
  readonly arity: number;
  /** Its flags. */
  readonly flags: readonly CommandFlag[];
  /** Where its keys are; none when it has no keys. */
  readonly keys?: KeyPositions;
  /**
   * What it does with its keys. Where nothing is said, one that is `readonly` reads their values
   * (`RO access`), and another reads and changes them (`RW access update`).
   */
  readonly keySpecs?: readonly KeySpec[];
  /** What it is about. */
  readonly group: CommandGroup;
  /** The categories that do not follow from its group and its flags. */
  readonly categories?: readonly Category[];
  /** What proxies and clients of clusters are told of it. */
  readonly tips?: readonly string[];
  /** The first release of Redis that has it. */
  readonly since: string;
  /** What it does, in a sentence without a full stop. */
  readonly summary: string;
  /** What its cost grows with. */
  readonly complexity: string;
  /** How it is written, from its name on (a subcommand without that of its container): `GET key`. */
  readonly syntax?: string;
  /**
   * The typed request that the arguments mean. It is called only with a number of arguments that the
   * arity allows.
   *
   * @throws {CommandError} When they mean none; the reply is its message behind `ERR `.
   */
  readonly parse: (args: RespCommand) => R;
  /**
   * What is replied for the response, where that is not what the encoder makes of it. It is not called for
   * an ERR. It is a method, so that a command of one type of request is a `Command`: it is only given what
   * its own `parse` made.
   */
  reply?(response: Response, request: R): Response | RespValue;
  /** The subcommands of a container, which has no use of its own. */
  readonly subcommands?: readonly Command[];
}

/** Whether a command of an arity takes so many arguments, with its name. */
export function isArity(arity: number, length: number): boolean {
  return arity < 0 ? length >= -arity : length === arity;
}

/** One key, the first argument. */
export const ONE_KEY: KeyPositions = { first: 1, last: 1, step: 1 };

/** One key, the second argument, or the first of a subcommand. */
export const SECOND_KEY: KeyPositions = { first: 2, last: 2, step: 1 };

/** Two keys, the first and the second argument. */
export const TWO_KEYS: KeyPositions = { first: 1, last: 2, step: 1 };

/** All arguments are keys. */
export const ALL_KEYS: KeyPositions = { first: 1, last: -1, step: 1 };

/** Says what a command does with some of its keys. */
export function keySpec(keys: KeyPositions, ...use: readonly KeyUse[]): KeySpec {
  return { ...keys, use };
}

/** A reply of 1 for OK, and of 0 for MISS. */
export function asFlag(response: Response): Response | RespValue {
  if (response.type === "OK") return { type: "integer", value: 1 };
  return response.type === "MISS" ? { type: "integer", value: 0 } : response;
}
