/**
 * What clients can do before they have given a password.
 *
 * @module
 */

import { requestOf } from "../../bench/resp_requests.ts";
import { concat } from "@std/bytes";
import { frame, SET } from "../server/frames.ts";
import { textOf } from "../codec/helpers.ts";
import type { RawClient } from "../server/raw_client.ts";
import { atLeast, atMost, type Attack, type Field, GARBAGE } from "./attack.ts";
import { ending, rest, swarm } from "./swarm.ts";

const MIB = 1_048_576;
const PASSWORD = "a password of the attack test";
const HELLO = 5;
const ATTACKERS = 200;
const AUTH_TIMEOUT = 9_000;
const MAX_FAILURES = 2;
/** How long the answer to a failure waits at the most (docs/security.md). */
const LONGEST_DELAY = 3_200;

const LARGE = new Uint8Array(MIB);
const LARGE_CAFE = frame({ opcode: SET, key: "a", value: LARGE });
const LARGE_RESP = requestOf("SET", "a", "x".repeat(MIB));
const MANY = concat(Array.from({ length: 100 }, () => requestOf("GET", "kept:1")));

/** What an attacker does; the attackers take turns. */
const KINDS: readonly (readonly [
  name: string,
  told: string,
  attack: (client: RawClient, signal: AbortSignal) => Promise<unknown>,
])[] = [
  ["a large frame of CAFE", "ERR TOO_LARGE", (client) => client.flood(LARGE_CAFE)],
  [
    "a large request of RESP",
    "-ERR Protocol error: unauthenticated bulk length",
    (client) => client.flood(LARGE_RESP),
  ],
  ["many requests", "-ERR Cannot keep the connection", askMuch],
  ["silence", "-ERR Cannot keep the connection", () => Promise.resolve()],
  [
    "wrong passwords in RESP",
    "-ERR",
    (client) => client.flood(requests(requestOf("AUTH", "wrong"))),
  ],
  [
    "wrong passwords in CAFE",
    "ERR AUTH_REQUIRED",
    (client) => client.flood(requests(frame({ opcode: HELLO, key: "default", value: "wrong" }))),
  ],
];

function requests(request: Uint8Array): Uint8Array {
  return concat(Array.from({ length: MAX_FAILURES + 1 }, () => request));
}

/** 10,000 requests a second, nearly until authTimeout is over: a reset would hide the error. */
async function askMuch(client: RawClient, signal: AbortSignal): Promise<void> {
  const end = performance.now() + AUTH_TIMEOUT - 1_000;
  while (!signal.aborted && performance.now() < end && await client.flood(MANY)) {
    await rest(100, signal);
  }
}

async function attack(client: RawClient, attacker: number, { signal }: Field): Promise<string> {
  const [name, , send] = KINDS[attacker % KINDS.length]!;
  const [end] = await Promise.all([ending(client), send(client, signal)]);
  return `${name}: ${end}`;
}

/** Somebody who knows the password and comes meanwhile. */
async function logIn(client: RawClient): Promise<string> {
  await client.send(requestOf("AUTH", PASSWORD));
  return `the right password: ${textOf(await client.readExactly(3))}`;
}

export const loginFlood: Attack = {
  name: "login-flood",
  what:
    `${ATTACKERS} clients without the password: requests of 1 MiB, 10,000 requests in a second, ` +
    "silence, wrong passwords",
  options: [
    ...["--password", PASSWORD, "--auth-timeout", `${AUTH_TIMEOUT}ms`],
    ...["--max-auth-failures", `${MAX_FAILURES}`],
  ],
  password: PASSWORD,
  time: 12_000,
  maxGrowth: ATTACKERS * 10 * 16_384 + GARBAGE,
  // An answer that waits is not given sooner to who has gone.
  maxClearing: MAX_FAILURES * LONGEST_DELAY + 1_000,
  run: async (field) => {
    const attacking = swarm(field, ATTACKERS, (client, at) => attack(client, at, field), 500);
    await Promise.all([attacking, swarm({ ...field, ready() {} }, 1, logIn, 200)]);
  },
  judge: ({ tally }) => [
    tally.isOnly(
      "each was told what was wrong, and closed",
      "the right password: +OK",
      ...KINDS.map(([name, told]) => `${name}: ${told}`),
    ),
    atMost(
      "who has the password does not wait with the others",
      tally.times("the right password").most,
      2_000,
      " ms",
    ),
    atLeast(
      "the answers to wrong passwords come late",
      tally.times("wrong passwords").most,
      MAX_FAILURES * LONGEST_DELAY,
      " ms",
    ),
    atLeast("who says nothing has time", tally.times("silence").least, AUTH_TIMEOUT, " ms"),
    atMost("and no more", tally.times("silence").most, AUTH_TIMEOUT + 3_000, " ms"),
  ],
};
