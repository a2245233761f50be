/**
 * The options of SET, GETEX and LCS.
 *
 * @module
 */

import { type CommonRequest, type Expiry, MAX_INT64 } from "../../model/mod.ts";
import type { Response, StoreRequest } from "../../model/mod.ts";
import { valueOf } from "../reply_encoder.ts";
import type { RespCommand } from "../request_decoder.ts";
import { respBulk, respMap, type RespValue } from "../value.ts";
import { badRequest, integerOf, numberOf, syntaxError, wordOf } from "./arguments.ts";
import type { ParsedRequest } from "./command.ts";

const NEVER: Expiry = { kind: "never" };
const KEEP: Expiry = { kind: "keep" };

/** How the argument of an option gives an expiry. */
interface ExpiryUnit {
  /** How many milliseconds the unit has. */
  readonly ms: number;
  /** Whether the time counts from now, or is a time. */
  readonly kind: "in" | "at";
}

/** The options that give an expiry. */
const EXPIRIES: ReadonlyMap<string, ExpiryUnit> = new Map([
  ["ex", { ms: 1_000, kind: "in" }],
  ["px", { ms: 1, kind: "in" }],
  ["exat", { ms: 1_000, kind: "at" }],
  ["pxat", { ms: 1, kind: "at" }],
]);

/** Seconds that are not near the end of 64 bits in milliseconds, whatever the unit. */
const SAFE_TIME = 1e12;

/**
 * The expiry that an option and its argument give. Whether the time is too far from now on is for the handler
 * to say, which knows the clock.
 *
 * @throws {CommandError} When the argument is no integer, is below 1, or is too large for its unit.
 */
export function expiryOf(option: string, argument: Uint8Array, command: string): Expiry {
  const { ms, kind } = EXPIRIES.get(option)!;
  const time = integerOf(argument);
  if (time <= 0 || (time > SAFE_TIME && BigInt(time) * BigInt(ms) > MAX_INT64)) {
    throw badRequest(`invalid expire time in '${command}' command`);
  }
  const total = Number(time) * ms;
  return kind === "in" ? { kind, ms: total, command } : { kind, ms: total };
}

/** `SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]`. */
export function parseSet(args: RespCommand): ParsedRequest {
  const key = args[1]!;
  const value = args[2]!;
  if (args.length === 3) return { op: "SET", key, value, ttl: undefined, version: undefined };
  const expiry = new ExpiryOption("keepttl");
  let condition: StoreRequest["condition"];
  let wantOld = false;
  for (let at = 3; at < args.length; at++) {
    const option = wordOf(args[at]!);
    if (option === "nx" && condition !== "present") condition = "absent";
    else if (option === "xx" && condition !== "absent") condition = "present";
    else if (option === "get") wantOld = true;
    else at += expiry.take(option, args[at + 1]);
  }
  return { op: "STORE", key, value, expiry: expiry.read("set") ?? NEVER, condition, wantOld };
}

/** `GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]`. */
export function parseGetex(args: RespCommand): ParsedRequest {
  const expiry = new ExpiryOption("persist");
  for (let at = 2; at < args.length; at++) at += expiry.take(wordOf(args[at]!), args[at + 1]);
  return { op: "GET_EXPIRE", key: args[1]!, expiry: expiry.read("getex") ?? KEEP };
}

/** The option that says when an entry ends: one of its forms, which may be repeated. */
class ExpiryOption {
  /** The form without an argument. */
  readonly #alone: "keepttl" | "persist";
  #option = "";
  #argument: Uint8Array | undefined;

  constructor(alone: "keepttl" | "persist") {
    this.#alone = alone;
  }

  /**
   * Takes an option, and its argument.
   *
   * @returns How many arguments it took.
   * @throws {CommandError} When it is none, or another one was there.
   */
  take(option: string, argument: Uint8Array | undefined): 0 | 1 {
    if (this.#option !== "" && this.#option !== option) throw syntaxError();
    this.#option = option;
    if (option === this.#alone) return 0;
    if (!EXPIRIES.has(option) || argument === undefined) throw syntaxError();
    this.#argument = argument;
    return 1;
  }

  /** What it says; nothing when it is not there. All options are looked at before their arguments are. */
  read(command: string): Expiry | undefined {
    if (this.#argument !== undefined) return expiryOf(this.#option, this.#argument, command);
    if (this.#option === "") return undefined;
    return this.#alone === "keepttl" ? KEEP : NEVER;
  }
}

/** `LCS key key [LEN] [IDX] [MINMATCHLEN n] [WITHMATCHLEN]`. */
export function parseLcs(args: RespCommand): CommonRequest {
  const given = new Set<string>();
  let minPiece = 0;
  for (let at = 3; at < args.length; at++) {
    const option = wordOf(args[at]!);
    const argument = args[at + 1];
    if (option === "minmatchlen" && argument !== undefined) {
      minPiece = numberOf(argument);
      at++;
    } else if (["len", "idx", "withmatchlen"].includes(option)) given.add(option);
    else throw syntaxError();
  }
  if (given.has("len") && given.has("idx")) {
    throw badRequest("If you want both the length and indexes, please just use IDX.");
  }
  const want = given.has("idx") ? "pieces" : given.has("len") ? "length" : "text";
  const withLengths = given.has("withmatchlen");
  return { op: "COMMON", key: args[1]!, other: args[2]!, want, minPiece, withLengths };
}

/** The pieces that LCS found, and the length, by their names. */
export function replyToLcs(response: Response, { want }: CommonRequest): Response | RespValue {
  if (want !== "pieces" || response.type !== "LIST") return response;
  const names = ["matches", "len"];
  return respMap(response.items.map((item, i) => [respBulk(names[i]!), valueOf(item)]));
}
