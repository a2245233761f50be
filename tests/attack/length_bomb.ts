/**
 * Requests that announce far more than they bring.
 *
 * @module
 */

import { hex, utf8 } from "../codec/helpers.ts";
import { type Attack, GARBAGE } from "./attack.ts";
import { ending, swarm } from "./swarm.ts";

const MIB = 1_048_576;
const ATTACKERS = 110;
const FRAME_TIMEOUT = 2_000;

const TOO_LARGE = "ERR TOO_LARGE";
const CUT = "ERR PROTOCOL";
const RESP_CUT = "-ERR Cannot read request: N bytes of it came in N ms";
const protocolError = (message: string) => `-ERR Protocol error: ${message}`;

/** What is sent, and what is said before the end. */
const BOMBS: readonly (readonly [name: string, bytes: Uint8Array, told: string])[] = [
  ["CAFE, a value of 4 GiB", hex("cafe 01 02 0000 0001 ffffffff 61"), TOO_LARGE],
  ["CAFE, all lengths at their most", hex("cafe 01 02 0000 ffff ffffffff 61"), TOO_LARGE],
  ["CAFE, a value of 64 MiB, and silence", hex("cafe 01 02 0000 0001 04000000 61"), CUT],
  ["RESP, 2^31 arguments", utf8("*2147483648\r\n"), protocolError("invalid multibulk length")],
  ["RESP, 2^31-1 arguments, and silence", utf8("*2147483647\r\n$3\r\nDEL\r\n"), RESP_CUT],
  ["RESP, 10^21 arguments", utf8(`*1${"0".repeat(21)}\r\n`), protocolError("invalid multibulk")],
  ["RESP, 1 TB", utf8("*1\r\n$1000000000000\r\n"), protocolError("invalid bulk length")],
  ["RESP, 512 MiB, and silence", utf8("*1\r\n$536870912\r\n"), RESP_CUT],
  [
    "RESP, arrays in arrays",
    utf8("*1\r\n".repeat(100_000)),
    protocolError("expected '$', got '*'"),
  ],
  [
    "RESP, a count of 1 MiB of digits",
    utf8(`*${"1".repeat(MIB)}`),
    protocolError("too big mbulk count string"),
  ],
  ["RESP, a line of 1 MiB", utf8("a".repeat(MIB)), protocolError("too big inline request")],
];

export const lengthBomb: Attack = {
  name: "length-bomb",
  what: `${ATTACKERS} clients that announce up to 4 GiB, 2^31 arguments or lines without an end`,
  options: ["--frame-timeout", `${FRAME_TIMEOUT}ms`],
  time: 5_000,
  // What came of each request, and the blocks that they are read into.
  maxGrowth: ATTACKERS * 2 * 65_536 + GARBAGE,
  run: (field) =>
    swarm(field, ATTACKERS, async (client, attacker) => {
      const [name, bytes] = BOMBS[attacker % BOMBS.length]!;
      await client.flood(bytes);
      return `${name}: ${await ending(client)}`;
    }, 200),
  judge: ({ tally }) => [
    tally.isOnly(
      "each was told what was wrong, and closed",
      ...BOMBS.map(([name, , told]) => `${name}: ${told}`),
    ),
  ],
};
