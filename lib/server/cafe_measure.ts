/**
 * Counting requests of CAFE, and timing those that may be slow.
 *
 * @module
 */

import type { DecodedRequest } from "../cafe/mod.ts";
import {
  type CommandFigures,
  type CountedCommand,
  handle,
  type Peer,
  type Services,
} from "../handler/mod.ts";
import type { BasicOp, Request, Response } from "../model/mod.ts";
import { wordsOf } from "./monitor_line.ts";
import { isTimed, noteSlow } from "./slow.ts";
import type { Wire } from "./wire.ts";

/** The requests that take so little time that they are not timed by themselves. */
const FAST: readonly BasicOp[] = ["GET", "SET", "DELETE", "PING", "INCR", "APPEND", "TOUCH"];

const COUNTED: readonly BasicOp[] = [
  ...FAST,
  "HELLO",
  "SCAN",
  "STATS",
  "SUBSCRIBE",
  "UNSUBSCRIBE",
  "PUBLISH",
  "COMPACT",
];

const GET = commandOf("GET", COUNTED.indexOf("GET"));
const SET = commandOf("SET", COUNTED.indexOf("SET"));

/** A request about a value in parts counts as the one about the whole. */
const COMMANDS: Readonly<Record<string, CountedCommand>> = {
  ...Object.fromEntries(COUNTED.map((op, index) => [op, commandOf(op, index)])),
  GET_PARTS: GET,
  SET_PARTS: SET,
};

function commandOf(op: BasicOp, index: number): CountedCommand {
  return { name: op.toLowerCase(), index, flags: FAST.includes(op) ? ["fast"] : [] };
}

/** What is counted of a kind of request; nothing of what is none. */
export function figuresOf(
  { statistics }: Pick<Services, "statistics">,
  { op }: { readonly op: string },
): CommandFigures | undefined {
  // To look up the name costs 13 ns, a twenty-fifth of a GET in a batch.
  const command = op === "GET" ? GET : op === "SET" ? SET : COMMANDS[op];
  return command && statistics.cafe.of(command);
}

/** Carries out a request, and counts it. */
export function measure(request: Request & DecodedRequest, peer: Peer, wire: Wire): Response {
  const { services } = peer;
  const figures = figuresOf(services, request);
  if (figures === undefined) return handle(request, peer);
  let response: Response;
  if (isTimed(services, figures)) response = timed(request, peer, wire, figures);
  else {
    response = handle(request, peer);
    services.statistics.count(figures);
  }
  if (response.type === "ERR") figures.failed++;
  return response;
}

function timed(
  request: Request & DecodedRequest,
  peer: Peer,
  wire: Wire,
  figures: CommandFigures,
): Response {
  const { services } = peer;
  const began = services.statistics.begin();
  try {
    return handle(request, peer);
  } finally {
    const micros = services.statistics.end(figures, began);
    const describe = () => ({ args: wordsOf(request), address: wire.address, clientName: "" });
    noteSlow(services, figures, micros, describe);
  }
}
