/**
 * 5,000 connections, each of which sends a request a byte at a time.
 *
 * @module
 */

import { frame, SET } from "../server/frames.ts";
import { utf8 } from "../codec/helpers.ts";
import type { RawClient } from "../server/raw_client.ts";
import { atLeast, type Attack, GARBAGE } from "./attack.ts";
import { ending, rest, swarm } from "./swarm.ts";

const CONNECTIONS = 5_000;
/** How long one waits between two bytes, in milliseconds. */
const STEP = 10_000;
/** The default. */
const FRAME_TIMEOUT = 30_000;
/** Before one that was cut comes again, in milliseconds. */
const PAUSE = 1_000;

/** Both protocols; more bytes than there is time for. */
const REQUESTS = [
  frame({ opcode: SET, key: "a", value: new Uint8Array(1_000) }),
  utf8("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1000\r\n"),
  utf8("SET a inline-and-without-an-end"),
];

/** Sends a byte now and then until the server ends the connection. */
async function drip(client: RawClient, attacker: number, signal: AbortSignal): Promise<string> {
  const request = REQUESTS[attacker % REQUESTS.length]!;
  const over = new AbortController();
  const end = ending(client).finally(() => over.abort());
  const stop = AbortSignal.any([signal, over.signal]);
  // The first pause is of any length, so that not all send at once.
  for (let at = 0; at < request.length && !stop.aborted; at++) {
    if (!await client.flood(request.subarray(at, at + 1))) break;
    await rest(at === 0 ? STEP * Math.random() : STEP, stop);
  }
  return await end;
}

export const slowloris: Attack = {
  name: "slowloris",
  what: `${CONNECTIONS} connections of both protocols, each with a byte of a request every ${
    STEP / 1_000
  } s; each comes again when it is cut`,
  options: [],
  time: 36_000,
  // A connection that has sent little takes 23 to 40 KiB; those that were cut are garbage for a while.
  maxGrowth: 2 * CONNECTIONS * 40 * 1_024 + GARBAGE,
  maxSlowdown: 2,
  run: (field) => swarm(field, CONNECTIONS, (client, at) => drip(client, at, field.signal), PAUSE),
  judge: ({ tally, log, files }) => [
    atLeast("all were connected at once; open files", files.peak, CONNECTIONS),
    tally.isOnly(
      "each was told of frameTimeout and cut",
      "ERR PROTOCOL",
      "-ERR Cannot read request",
    ),
    atLeast("no sooner than that", tally.times("").least, FRAME_TIMEOUT, " ms"),
    atLeast(
      "the log tells of each, or how many lines it left out",
      log.filter((line) => /frame timeout|left out/.test(line)).length,
      1,
      " lines",
    ),
  ],
};
