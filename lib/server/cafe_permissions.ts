/**
 * What the user of a CAFE connection may do.
 *
 * @module
 */

import { type DecodedRequest, requestName } from "../cafe/mod.ts";
import { PRIVATE_SECTIONS, type User } from "../handler/mod.ts";
import type { BasicOp } from "../model/mod.ts";
import { ALL_COMMANDS } from "../resp/mod.ts";

/** The commands of Redis that requests are equal to: permissions name those. */
const EQUALS: Readonly<Record<Exclude<BasicOp, "HELLO"> | "GET_PARTS" | "SET_PARTS", string>> = {
  GET: "get",
  GET_PARTS: "get",
  SET: "set",
  SET_PARTS: "set",
  DELETE: "del",
  PING: "ping",
  INCR: "incrby",
  APPEND: "append",
  TOUCH: "pexpire",
  SCAN: "scan",
  STATS: "info",
  SUBSCRIBE: "subscribe",
  UNSUBSCRIBE: "unsubscribe",
  PUBLISH: "publish",
  COMPACT: "bgrewriteaof",
};

const INDEX_OF = new Map<string, number>(
  Object.entries(EQUALS).map(([op, name]) => [
    op,
    ALL_COMMANDS.find((command) => command.name === name)!.index,
  ]),
);

const PRIVATE = ALL_COMMANDS.find(({ name }) => name === "slowlog|get")!.index;
const UTF8 = new TextDecoder();

/** Why a user may not send a request; nothing when it is allowed. */
export function forbiddenBy(user: User, request: DecodedRequest): string | undefined {
  const index = INDEX_OF.get(request.op);
  if (index === undefined) return undefined; // HELLO, and what is not carried out anyway.
  const what = `Cannot carry out ${requestName(request.op)}: user ${user.name} may not`;
  if (!user.mayRun(index)) return `${what} send it`;
  if (request.op === "STATS" && !user.mayRun(PRIVATE)) {
    const section = UTF8.decode(request.section);
    if (PRIVATE_SECTIONS.includes(section)) return `${what} see section ${section}`;
  }
  if ("key" in request && !user.mayUseKey(request.key)) return `${what} use this key`;
  if ("prefix" in request && !user.mayUseKey(request.prefix)) return `${what} list these keys`;
  if (request.op === "UNSUBSCRIBE" || !("channel" in request)) return undefined;
  return user.mayUseChannel(request.channel) ? undefined : `${what} use this channel`;
}
