/**
 * Keys that are chosen to meet in the index.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { converse } from "../../bench/load.ts";
import { quantile } from "../../bench/harness.ts";
import { requestOf } from "../../bench/resp_requests.ts";
import { KeyHash } from "../../lib/store/key_hash.ts";
import { KeyIndex } from "../../lib/store/key_index.ts";
import { atLeast, atMost, type Attack, type Field, GARBAGE } from "./attack.ts";

const KEYS = 100_000;
/** Long enough for so many keys that are equal under times-33. */
const KEY_SIZE = 34;
/** How many requests are sent at once and timed together. */
const BATCH = 1_000;
/** The chosen keys have so many bits of their hash in common where its seed is 0. */
const SAME_BITS = 8;
/** How many keys show what they would do to an index whose seed is known. */
const SHOWN = 20_000;

/** What chosen keys may take, in times of what random ones take. */
const BAR = 1.5;

const UTF8 = new TextEncoder();
const CHOSEN = "chosen for seed 0";
const RANDOM = "random";

/** By name, keys of one length. */
const SETS: Readonly<Record<string, () => string[]>> = {
  [RANDOM]: () => Array.from({ length: KEYS }, randomKey),
  [CHOSEN]: chosenKeys,
  "equal under times-33": () => Array.from({ length: KEYS }, (_, at) => multipliedKey(at)),
  numbered: () => Array.from({ length: KEYS }, (_, at) => String(at).padStart(KEY_SIZE, "0")),
};

function randomKey(): string {
  return crypto.getRandomValues(new Uint8Array(KEY_SIZE / 2)).toHex();
}

/** Keys whose hashes begin with the same bits under the store's hash with a seed of 0. */
function chosenKeys(): string[] {
  const hash = new KeyHash([0, 0]);
  const bytes = UTF8.encode("0".repeat(KEY_SIZE));
  const keys: string[] = [];
  for (let number = 0; keys.length < KEYS; number++) {
    for (let digit = 0, rest = number; digit < 8; digit++, rest >>>= 4) {
      bytes[KEY_SIZE - 1 - digit] = 0x61 + (rest & 15);
    }
    if (hash.of(bytes) >>> (32 - SAME_BITS) === 0) keys.push(new TextDecoder().decode(bytes));
  }
  return keys;
}

/** Of pairs that a hash of `33 * hash + byte` cannot tell from each other. */
function multipliedKey(number: number): string {
  const pairs = Array.from({ length: KEY_SIZE / 2 }, (_, bit) => (number >> bit) & 1 ? "Ez" : "FY");
  return pairs.join("");
}

/** The requests for the keys of a set, on a connection with a database of its own. */
interface Subject {
  readonly name: string;
  readonly connection: Deno.TcpConn;
  readonly sets: readonly Uint8Array[];
  readonly gets: readonly Uint8Array[];
}

const VALUE = "x".repeat(16);
const SET_REPLY = "+OK\r\n".length;
const GET_REPLY = `$${VALUE.length}\r\n${VALUE}\r\n`.length;

/** Made once: it takes seconds. */
let requests: readonly Omit<Subject, "connection">[] | undefined;

function allRequests(): readonly Omit<Subject, "connection">[] {
  return requests ??= Object.entries(SETS).map(([name, makeKeys]) => {
    const keys = makeKeys();
    const batches = Array.from({ length: KEYS / BATCH }, (_, batch) => {
      return keys.slice(batch * BATCH, (batch + 1) * BATCH);
    });
    return {
      name,
      sets: batches.map((batch) => concat(batch.map((key) => requestOf("SET", key, VALUE)))),
      gets: batches.map((batch) => concat(batch.map((key) => requestOf("GET", key)))),
    };
  });
}

/** Microseconds a request, by request and name of the set. */
const times = new Map<string, number[]>();

async function time(subject: Subject, what: "SET" | "GET", batch: number): Promise<void> {
  const start = performance.now();
  const [bytes, reply] = what === "SET"
    ? [subject.sets[batch]!, SET_REPLY]
    : [subject.gets[batch]!, GET_REPLY];
  await converse(subject.connection, bytes, BATCH * reply);
  const name = `${what} ${subject.name}`;
  times.set(name, [...times.get(name) ?? [], (performance.now() - start) / BATCH * 1_000]);
}

/** All keys of all sets are set and got, batch by batch in turn; each time in empty databases. */
async function run(field: Field): Promise<void> {
  const { port, signal, tally } = field;
  const made = allRequests();
  using stack = new DisposableStack();
  const subjects = await Promise.all(made.map(async (subject, database) => {
    const connection = stack.use(await Deno.connect({ hostname: "127.0.0.1", port }));
    await converse(connection, requestOf("SELECT", String(database + 1)), SET_REPLY);
    return { ...subject, connection };
  }));
  field.ready();
  while (!signal.aborted) {
    for (const what of ["SET", "GET"] as const) {
      for (let batch = 0; batch < KEYS / BATCH && !signal.aborted; batch++) {
        for (const subject of subjects) await time(subject, what, batch);
      }
    }
    for (const { connection } of subjects) {
      await converse(connection, requestOf("FLUSHDB"), SET_REPLY);
    }
    tally.note(signal.aborted ? "all sets in part" : "all sets were set and got");
  }
}

/** How many times as long an index whose seed is known takes for the chosen keys as for random ones. */
function harmOfKnownSeed(): number {
  const hash = new KeyHash([0, 0]);
  const timeOf = (keys: readonly Uint8Array[]) => {
    const index = new KeyIndex({ hasKey: (ref, key) => keys[ref - 1] === key });
    const start = performance.now();
    keys.forEach((key, at) => index.insert(hash.of(key), at + 1));
    keys.forEach((key) => index.find(hash.of(key), key));
    return performance.now() - start;
  };
  const shown = (name: string) => SETS[name]!().slice(0, SHOWN).map((key) => UTF8.encode(key));
  const [random, chosen] = [shown(RANDOM), shown(CHOSEN)];
  timeOf(random);
  return timeOf(chosen) / timeOf(random);
}

/** How a set compares with random keys. */
function ratio(name: string, part: number): number {
  const [what] = name.split(" ");
  return quantile(times.get(name)!, part) / quantile(times.get(`${what} ${RANDOM}`)!, part);
}

export const hashFlood: Attack = {
  name: "hash-flood",
  what: `${KEYS} keys that meet in the index of a server whose seed were known, or under simpler ` +
    "hashes, beside as many random ones",
  options: [],
  time: 6_000,
  maxGrowth: Object.keys(SETS).length * KEYS * 400 + GARBAGE,
  run,
  judge: () => [
    ...[...times.keys()].filter((name) => !name.endsWith(RANDOM)).flatMap((name) =>
      [0.25, 0.5].map((part) => {
        const us = quantile(times.get(name)!, part);
        const claim = `${name}, ${us.toFixed(2)} us each, to random keys, ${
          part === 0.5 ? "median" : "quartile"
        }`;
        return atMost(claim, ratio(name, part), BAR, " times");
      })
    ),
    atLeast("the keys are bad where the seed is known", harmOfKnownSeed(), 10, " times"),
  ],
};
