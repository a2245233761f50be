/**
 * Other protocols with commands inside: what a web browser can be made to send to a server on its machine.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { frame, SET } from "../server/frames.ts";
import { hex, utf8 } from "../codec/helpers.ts";
import { requestOf } from "../../bench/resp_requests.ts";
import { atLeast, type Attack, type Field, GARBAGE } from "./attack.ts";
import { connect, ending, swarm } from "./swarm.ts";

const ATTACKERS = 40;
const FRAME_TIMEOUT = 2_000;

/** What is to be carried out: it would set the key `pwned`. */
const COMMANDS = concat([
  utf8("\r\nSET pwned inline\r\n"),
  requestOf("SET", "pwned", "array"),
  frame({ opcode: SET, key: "pwned", value: "cafe" }),
]);

const HEADERS = "Host: 127.0.0.1:51966\r\nOrigin: http://attacker.example\r\n" +
  "Content-Type: text/plain\r\nContent-Length: 200\r\n\r\n";

/** The beginning of a ClientHello; what it offers to resume is the attacker's to choose. */
const CLIENT_HELLO = concat([
  hex("16 03 01 02 00 01 00 01 fc 03 03"),
  Uint8Array.from({ length: 32 }, (_, at) => 0x80 + at),
  hex("20"),
]);

const HTTP = "-ERR Protocol error: an HTTP request (possible cross-protocol attack)";
const BINARY = "-ERR Protocol error: an inline request with a NUL byte (possible";

/** What is sent, and what is said before the end. */
const STREAMS: readonly (readonly [name: string, bytes: Uint8Array, told: string])[] = [
  ["a POST with commands", concat([utf8(`POST / HTTP/1.1\r\n${HEADERS}`), COMMANDS]), HTTP],
  ["a GET", concat([utf8(`GET / HTTP/1.1\r\n${HEADERS}`), COMMANDS]), HTTP],
  ["an unknown method", concat([utf8(`QUERY / HTTP/1.1\r\n${HEADERS}`), COMMANDS]), HTTP],
  ["a Host: line behind a command", concat([utf8(`PING\r\n${HEADERS}`), COMMANDS]), HTTP],
  ["a ClientHello with commands", concat([CLIENT_HELLO, COMMANDS]), BINARY],
  [
    "a ClientHello, and silence",
    CLIENT_HELLO,
    "-ERR Cannot read request",
  ],
  ["a Java class file", concat([hex("cafebabe 0000 0041"), COMMANDS]), "ERR PROTOCOL"],
  [
    "CAFE behind RESP",
    concat([utf8("PING\r\n"), frame({ opcode: SET, key: "pwned" }), COMMANDS]),
    BINARY,
  ],
];

/** Notes whether anything was carried out. */
async function look(field: Field): Promise<void> {
  using client = await connect(field);
  await client.send(requestOf("EXISTS", "pwned"));
  const [, digit] = await client.readExactly(4);
  field.tally.note(digit === 0x30 ? "nothing was carried out" : "CARRIED OUT");
}

export const crossProtocol: Attack = {
  name: "cross-protocol",
  what: `${ATTACKERS} clients that speak HTTP, TLS or another protocol, with commands in it`,
  options: ["--frame-timeout", `${FRAME_TIMEOUT}ms`],
  time: 4_000,
  maxGrowth: ATTACKERS * 2 * 65_536 + GARBAGE,
  run: async (field) => {
    await swarm(field, ATTACKERS, async (client, attacker) => {
      const [name, bytes] = STREAMS[attacker % STREAMS.length]!;
      await client.flood(bytes);
      return `${name}: ${await ending(client)}`;
    }, 100);
    await look(field);
  },
  judge: ({ tally, log }) => [
    tally.isOnly(
      "each was told what was wrong, and closed, and nothing was carried out",
      "nothing was carried out",
      ...STREAMS.map(([name, , told]) => `${name}: ${told}`),
    ),
    atLeast(
      "the log tells of them, or how many lines it left out",
      log.filter((line) => /possible cross-protocol attack|left out/.test(line)).length,
      1,
      " lines",
    ),
  ],
};
