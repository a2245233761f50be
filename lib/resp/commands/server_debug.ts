/**
 * The command DEBUG. Its subcommands are none in the table of commands, as with Redis.
 *
 * @module
 */

import { parseInteger, type Response } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import {
  RESP_NULL,
  respArray,
  respAttribute,
  respBigNumber,
  respBoolean,
  respBulk,
  respDouble,
  respInteger,
  respMap,
  respSet,
  respSimple,
  type RespValue,
  respVerbatim,
} from "../value.ts";
import { badRequest, textOf, wordOf } from "./arguments.ts";
import type { Command, ParsedRequest } from "./command.ts";

/** A subcommand of DEBUG. */
interface Subcommand {
  /** How it is written behind DEBUG. */
  readonly syntax: string;
  readonly summary: string;
  /** How many arguments it takes, DEBUG and its name among them. */
  readonly counts: readonly number[];
  readonly parse: (args: RespCommand) => ParsedRequest;
}

/** No client needs a server to stand still for longer, in seconds. */
const MAX_SLEEP = 3_600;

/** Values of all types, for tests of clients. */
const SAMPLES: Readonly<Record<string, RespValue>> = {
  string: respBulk("Hello World"),
  integer: respInteger(12_345),
  double: respDouble(3.141),
  bignum: respBigNumber(1_234_567_999_999_999_999_999_999_999_999_999_999n),
  null: RESP_NULL,
  array: respArray([0, 1, 2].map(respInteger)),
  set: respSet([0, 1, 2].map(respInteger)),
  map: respMap([0, 1, 2].map((key) => [respInteger(key), respBoolean(key === 1)])),
  attrib: respAttribute(
    [[respBulk("key-popularity"), respArray([respBulk("key:123"), respInteger(90)])]],
    respBulk("Some real reply following the attribute"),
  ),
  verbatim: respVerbatim("txt", "This is a verbatim\nstring"),
  true: respBoolean(true),
  false: respBoolean(false),
};

function parseProtocol(args: RespCommand): ParsedRequest {
  const type = wordOf(args[2]!);
  if (Object.hasOwn(SAMPLES, type)) return { op: "DEBUG_PROTOCOL", type };
  const known = Object.keys(SAMPLES).join("|");
  throw badRequest(`Wrong protocol type name. Please use one of the following: ${known}`);
}

/** The time as C reads it: what is no number is 0. */
function parseSleep(args: RespCommand): ParsedRequest {
  const seconds = Number.parseFloat(textOf(args[2]!)) || 0;
  return { op: "DEBUG_SLEEP", ms: Math.min(MAX_SLEEP, Math.max(0, seconds)) * 1_000 };
}

function parseActiveExpire(args: RespCommand): ParsedRequest {
  return { op: "DEBUG_ACTIVE_EXPIRE", on: Number.parseInt(textOf(args[2]!)) > 0 };
}

/** So many keys are shown unless more are asked for. */
const HOT_KEYS = 16;

function parseHotKeys(args: RespCommand): ParsedRequest {
  const count = args[2] === undefined ? HOT_KEYS : parseInteger(args[2]);
  if (count === undefined || count < 1) throw badRequest("count should be greater than 0");
  return { op: "DEBUG_HOTKEYS", count: Number(count) };
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  hotkeys: {
    syntax: "HOTKEYS [count]",
    summary: `Gives the keys that most requests are about, ${HOT_KEYS} or as many as asked for`,
    counts: [2, 3],
    parse: parseHotKeys,
  },
  loadaof: {
    syntax: "LOADAOF",
    summary: "Does nothing: there is no file to load",
    counts: [2],
    parse: () => ({ op: "NOTHING" }),
  },
  log: {
    syntax: "LOG message",
    summary: "Writes a message to the log of the server",
    counts: [3],
    parse: (args) => ({ op: "DEBUG_LOG", line: textOf(args[2]!) }),
  },
  object: {
    syntax: "OBJECT key",
    summary: "Tells how an entry is stored",
    counts: [3, 4],
    parse: (args) => ({ op: "DEBUG_OBJECT", key: args[2]! }),
  },
  protocol: {
    syntax: "PROTOCOL type",
    summary: `Gives a value of a type: ${Object.keys(SAMPLES).join(", ")}`,
    counts: [3],
    parse: parseProtocol,
  },
  reload: {
    syntax: "RELOAD [NOSAVE] [NOFLUSH] [MERGE]",
    summary: "Does nothing: there is no file to load",
    counts: [2, 3, 4, 5],
    parse: () => ({ op: "NOTHING" }),
  },
  "set-active-expire": {
    syntax: "SET-ACTIVE-EXPIRE 0 | 1",
    summary: "Says whether entries that have expired are removed before they are met",
    counts: [3],
    parse: parseActiveExpire,
  },
  sleep: {
    syntax: "SLEEP seconds",
    summary: `Stops the server for a time, ${MAX_SLEEP} seconds at most`,
    counts: [3],
    parse: parseSleep,
  },
  help: {
    syntax: "HELP",
    summary: "Tells what the subcommands are",
    counts: [2],
    parse: () => ({ op: "DEBUG_HELP" }),
  },
};

const HELP: RespValue = respArray(
  [
    "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    ...Object.values(SUBCOMMANDS).flatMap(({ syntax, summary }) => [syntax, `    ${summary}.`]),
  ].map(respSimple),
);

function parse(args: RespCommand): ParsedRequest {
  const name = wordOf(args[1]!);
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand?.counts.includes(args.length)) return subcommand.parse(args);
  throw badRequest(
    `unknown subcommand or wrong number of arguments for '${
      textOf(args[1]!.subarray(0, 128))
    }'. Try DEBUG HELP.`,
  );
}

function reply(response: Response, request: ParsedRequest): Response | RespValue {
  if (request.op === "DEBUG_PROTOCOL") return SAMPLES[request.type]!;
  if (request.op === "DEBUG_HELP") return HELP;
  return response.type === "TEXT" ? respSimple(response.text) : response;
}

/** The command DEBUG. */
export const DEBUG: Command = {
  name: "debug",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale"],
  group: "server",
  since: "1.0.0",
  summary: "Does what only tests need",
  complexity: "that of its subcommands",
  syntax: "DEBUG subcommand [argument ...]",
  parse,
  reply,
};
