/**
 * Values in parts that are begun and not ended.
 *
 * @module
 */

import { concat } from "@std/bytes";
import {
  DELETE,
  frame,
  GET,
  MORE,
  PART,
  PING,
  SET,
  u32,
  u64,
  WINDOW,
  wordOf,
} from "../server/frames.ts";
import type { RawClient } from "../server/raw_client.ts";
import { atLeast, type Attack, type Field } from "./attack.ts";
import { connect, ending, rest, swarm } from "./swarm.ts";

const KIB = 1_024;
const MIB = 1_048_576;

/**
 * Buffers that are not needed any more are collected later than objects: sessions that had held 8 MiB each left
 * 172 MiB of them, and 14 when garbage was collected by force.
 */
const GARBAGE = 320 * MIB;
const GB = 1_000_000_000;

/** How many values may come and go at once on one connection, and what each takes besides its bytes. */
const MAX_TRANSFERS = 64;
const OVERHEAD = KIB;

/** What a connection holds of what it reads: a block, and a frame twice. */
const READ = 3 * 64 * KIB;

const begin = (id: number, key: string, size: number) =>
  frame({ opcode: SET, flags: MORE, id, key, value: u64(size) });

const read = (id: number, key: string, window: number) =>
  frame({ opcode: GET, flags: MORE, id, key, value: u32(window) });

const part = (id: number, value: Uint8Array, flags = MORE) =>
  frame({ opcode: PART, flags, id, value });

/** Allows more of a value; 0 gives it up. */
const allow = (id: number, bytes: number) => frame({ opcode: WINDOW, id, value: u32(bytes) });

/** The id of the PING that stands behind a pipeline. */
const LAST = 0xffff_ffff;
const LAST_PING = frame({ opcode: PING, id: LAST });

/** Sends requests and a PING behind them; how many replies of each kind come before that is answered. */
async function ask(client: RawClient, requests: Uint8Array): Promise<Record<string, number>> {
  const sending = client.flood(concat([requests, LAST_PING]));
  const counts: Record<string, number> = {};
  for (;;) {
    const reply = await client.readFrame();
    if (reply === undefined) throw new Error("the server has closed");
    if (reply.id === LAST) break;
    counts[wordOf(reply)] = (counts[wordOf(reply)] ?? 0) + 1;
  }
  await sending;
  return counts;
}

/** Replies in words: `64 OK, 10 ERR OVERRUN`. */
function wordsOf(counts: Record<string, number>): string {
  return Object.entries(counts).map(([word, count]) => `${count} ${word}`).join(", ") || "nothing";
}

const OPENERS = 8;
const OPENED = 200;
const LONG_KEY = "k".repeat(65_534);

/** Uploads without a byte. */
export const manyUploads: Attack = {
  name: "many-uploads",
  what: `${OPENERS} clients that begin ${OPENED} values in parts at once, of no bytes and with ` +
    `keys of ${LONG_KEY.length + 1}`,
  options: [],
  time: 4_000,
  // A key is a view of what it was read into, which may be twice as long.
  maxGrowth: OPENERS * (MAX_TRANSFERS * (2 * LONG_KEY.length + OVERHEAD) + READ) + GARBAGE,
  run: (field) =>
    swarm(field, OPENERS, async (client, attacker) => {
      const key = LONG_KEY + String(attacker);
      const requests = Array.from({ length: OPENED }, (_, id) => begin(id, key, 0));
      return wordsOf(await ask(client, concat(requests)));
    }, 50),
  judge: ({ tally }) => [
    tally.isOnly(
      `each was allowed ${MAX_TRANSFERS}, and refused the others`,
      `${OPENED - MAX_TRANSFERS} ERR OVERRUN`,
    ),
  ],
};

const CHANGERS = 16;
const CHANGES = 500;

/** Uploads that are given up. */
export const givenUp: Attack = {
  name: "given-up",
  what: `${CHANGERS} clients that begin values of 1 GB, and give each up when a byte has come`,
  options: [],
  time: 4_000,
  maxGrowth: CHANGERS * (OVERHEAD + READ) + GARBAGE,
  run: (field) => {
    const byte = new Uint8Array(1);
    const one = concat([begin(1, "given up", GB), part(1, byte), allow(1, 0)]);
    const requests = concat(Array.from({ length: CHANGES }, () => one));
    return swarm(field, CHANGERS, async (client) => wordsOf(await ask(client, requests)), 10);
  },
  judge: ({ tally }) => [
    tally.isOnly("each was answered once for each value", `${CHANGES} ERR CANCELLED`),
  ],
};

const SILENT = 500;

/** Uploads that never come. */
export const announced: Attack = {
  name: "announced",
  what: `${SILENT} clients that announce 1 GB each, send 4 bytes of it, and then nothing`,
  options: [],
  time: 4_000,
  maxGrowth: SILENT * (OVERHEAD + 64 * KIB + READ) + GARBAGE,
  run: (field) =>
    swarm(field, SILENT, async (client) => {
      const counts = await ask(client, concat([begin(1, "announced", GB), part(1, u32(0))]));
      await rest(2_000, field.signal);
      return wordsOf(counts);
    }),
  judge: ({ tally }) => [tally.isOnly("none was refused, and none has taken memory", "nothing")],
};

const WAITERS = 50;
const LARGE = 8 * MIB;

/** Downloads that nobody lets come. */
export const unwanted: Attack = {
  name: "unwanted",
  what: `${WAITERS} clients that ask for a value of ${LARGE / MIB} MiB in parts ${OPENED} times, ` +
    "and allow none",
  options: [],
  time: 4_000,
  // The value is held once for all.
  maxGrowth: WAITERS * (MAX_TRANSFERS * OVERHEAD + READ) + LARGE + GARBAGE,
  run: async (field) => {
    using writer = await connect(field);
    await writer.call(frame({ opcode: SET, key: "large", value: new Uint8Array(LARGE) }));
    const requests = concat(Array.from({ length: OPENED }, (_, id) => read(id, "large", 0)));
    await swarm(field, WAITERS, async (client) => {
      const counts = await ask(client, requests);
      await rest(200, field.signal);
      return wordsOf(counts);
    });
  },
  judge: ({ tally }) => [
    tally.isOnly(
      `each was told the size of ${MAX_TRANSFERS}, and refused the others`,
      `${MAX_TRANSFERS} OK, ${OPENED - MAX_TRANSFERS} ERR OVERRUN`,
    ),
  ],
};

const REMOVERS = 8;
const REMOVED = 4 * MIB;
const MAX_BUFFERS = 64 * MIB;

/** Sets a value, lets it begin to go out, and removes it, until the connection ends. */
async function remove(client: RawClient, attacker: number): Promise<string> {
  const key = `removed ${attacker}`;
  const set = frame({ opcode: SET, key, id: 0, value: new Uint8Array(REMOVED) });
  const ends = ending(client);
  for (let id = 1; id < MAX_TRANSFERS; id++) {
    const requests = [set, read(id, key, 1), frame({ opcode: DELETE, key, id: 0 })];
    if (!await client.flood(concat(requests))) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return `cut: ${await ends}`;
}

/** Values that only their downloads keep. */
export const removedValues: Attack = {
  name: "removed-values",
  what: `${REMOVERS} clients that let ${MAX_TRANSFERS} values of ${REMOVED / MIB} MiB go out, ` +
    "and remove them",
  options: ["--max-buffer-memory", `${MAX_BUFFERS / MIB}MiB`],
  time: 6_000,
  // What is held may grow by an eighth between two counts, and by what each connection reads meanwhile; and
  // what was held for those that are cut is collected later.
  maxGrowth: MAX_BUFFERS * (1 + 9 / 8) + REMOVERS * 3 * REMOVED + GARBAGE,
  run: (field) => swarm(field, REMOVERS, remove, 100),
  judge: ({ tally, log }) => [
    tally.isOnly("each was cut", "cut: "),
    atLeast("it was told why", tally.count("cut: ERR OUT_OF_MEMORY"), REMOVERS, " times"),
    atLeast(
      "the log names the limit",
      log.filter((line) => line.includes("option maxBufferMemory")).length,
      1,
      " lines",
    ),
  ],
};

const CRUMBLERS = 10;
const CRUMBS = 1_000;
const CRUMBLED = new Uint8Array(CRUMBS).map((_, at) => at);

const crumbsKey = (attacker: number) => `crumbs ${attacker}`;

/** For each attacker, an upload in parts of one byte. */
const CRUMBED = Array.from({ length: CRUMBLERS }, (_, attacker) =>
  concat([
    begin(1, crumbsKey(attacker), CRUMBS),
    ...Array.from(CRUMBLED, (byte) => part(1, Uint8Array.of(byte))),
    part(1, new Uint8Array(), 0),
  ]));

const BYTE_BY_BYTE = concat(Array.from({ length: CRUMBS - 1 }, () => allow(2, 1)));

/** Such an upload, and the value read in parts of one byte. */
async function crumble(client: RawClient, attacker: number): Promise<string> {
  const stored = wordsOf(await ask(client, CRUMBED[attacker]!));
  const sending = client.flood(concat([read(2, crumbsKey(attacker), 1), BYTE_BY_BYTE]));
  const head = await client.readFrame();
  let come = 0;
  for (let isMore = head?.type === "OK"; isMore;) {
    const reply = await client.readFrame();
    if (reply?.type !== "PART") break;
    for (const byte of reply.value) if (byte !== CRUMBLED[come++]) return "DAMAGED";
    isMore = (reply.flags & MORE) !== 0;
  }
  await sending;
  return `${stored}, ${come} bytes read`;
}

/** Parts of one byte. */
export const crumbs: Attack = {
  name: "crumbs",
  what: `${CRUMBLERS} clients that send values of ${CRUMBS} bytes in parts of one byte, ` +
    "and read them so",
  options: [],
  time: 4_000,
  maxGrowth: CRUMBLERS * (CRUMBS * OVERHEAD + READ) + GARBAGE,
  run: (field: Field) => swarm(field, CRUMBLERS, crumble, 50),
  judge: ({ tally }) => [
    tally.isOnly("each has stored and read its value whole", `1 OK, ${CRUMBS} bytes read`),
  ],
};
