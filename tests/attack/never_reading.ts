/**
 * Clients that ask and never read, and subscribers that never read.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { requestOf } from "../../bench/resp_requests.ts";
import { frame, GET, PUBLISH, SET, SUBSCRIBE } from "../server/frames.ts";
import type { RawClient } from "../server/raw_client.ts";
import { atLeast, atMost, type Attack, type Field, GARBAGE } from "./attack.ts";
import { connect, rest, swarm } from "./swarm.ts";

const KIB = 1_024;
const MIB = 1_048_576;

const READERS = 50;
const SMALL = 64 * KIB;
const LARGE = 8 * MIB;
const SOFT_TIME = 2_000;

/** What is asked for again and again: a large value and a small one, in both protocols. */
const QUESTIONS = ["large", "small"].flatMap((key) => [
  frame({ opcode: GET, key }),
  requestOf("GET", key),
]).map((request) => concat(Array.from({ length: 1_000 }, () => request)));

/** Sends requests until the server has ended the connection, and reads nothing. */
async function askOnly(client: RawClient, attacker: number): Promise<string> {
  const questions = QUESTIONS[attacker % QUESTIONS.length]!;
  while (await client.flood(questions));
  return "cut while it did not read";
}

async function readNothing(field: Field): Promise<void> {
  using writer = await connect(field);
  await writer.call(frame({ opcode: SET, key: "large", value: new Uint8Array(LARGE) }));
  await writer.call(frame({ opcode: SET, key: "small", value: new Uint8Array(SMALL) }));
  await swarm(field, READERS, askOnly, 100);
}

/** Replies that nobody takes. */
export const neverReading: Attack = {
  name: "never-reading",
  what: `${READERS} clients of both protocols that send GETs of ${LARGE / MIB} MiB or ${
    SMALL / KIB
  } KiB without an end, and read nothing`,
  options: ["--soft-output-time", `${SOFT_TIME}ms`],
  time: 5_000,
  // Values in replies are held and not copied: what is held for each is its requests, in the block of
  // 64 KiB that it is read into and twice in what was decoded from it.
  maxGrowth: READERS * 3 * 64 * KIB + LARGE + GARBAGE,
  run: readNothing,
  judge: ({ tally, log }) => [
    tally.isOnly("each was cut", "cut while it did not read"),
    atLeast("no sooner than softOutputTime", tally.times("").least, SOFT_TIME, " ms"),
    atLeast(
      "the log tells why",
      log.filter((line) => line.includes("slow reader: Cannot hold replies")).length,
      tally.count("cut"),
      " lines",
    ),
  ],
};

const SUBSCRIBERS = 20;
const MAX_OUTPUT = 4 * MIB;
const MESSAGE = 64 * KIB;

/** Subscribes, and waits for the end without reading anything: only a write shows it. */
async function subscribeOnly(client: RawClient, attacker: number): Promise<string> {
  const isCafe = attacker % 2 === 0;
  await client.send(
    isCafe ? frame({ opcode: SUBSCRIBE, key: "news" }) : requestOf("SUBSCRIBE", "news"),
  );
  const ping = isCafe ? frame({ opcode: SUBSCRIBE, key: "news" }) : requestOf("PING");
  do await new Promise((resolve) => setTimeout(resolve, 100)); while (await client.flood(ping));
  return "cut while it did not read";
}

async function publishToNobody(field: Field): Promise<void> {
  using publisher = await connect(field);
  const message = frame({ opcode: PUBLISH, key: "news", value: new Uint8Array(MESSAGE) });
  const publishing = (async () => {
    while (!field.signal.aborted) {
      await publisher.call(message);
      await rest(1, field.signal);
    }
  })();
  await Promise.all([publishing, swarm(field, SUBSCRIBERS, subscribeOnly)]);
}

/** Messages that nobody takes. */
export const neverReadingSubscribers: Attack = {
  name: "never-reading-subscribers",
  what: `${SUBSCRIBERS} subscribers of both protocols that read nothing, while messages of ${
    MESSAGE / KIB
  } KiB are published; each comes again when it is cut`,
  options: ["--max-output-size", `${MAX_OUTPUT / MIB}MiB`],
  time: 5_000,
  maxGrowth: SUBSCRIBERS * MAX_OUTPUT + GARBAGE,
  run: publishToNobody,
  judge: ({ tally, log }) => [
    tally.isOnly("each was cut", "cut while it did not read"),
    atLeast("that is", tally.count("cut"), SUBSCRIBERS, " times"),
    atLeast(
      "the log tells why",
      log.filter((line) => line.includes(": slow reader")).length,
      SUBSCRIBERS,
      " lines",
    ),
    atMost(
      "and of no other end",
      log.filter((line) => /^127.*: (?!slow reader)/.test(line)).length,
      0,
      " lines",
    ),
  ],
};
