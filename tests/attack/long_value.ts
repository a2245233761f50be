/**
 * A value of 1 GB that a client stores and reads as a stream: no attack, but much of everything.
 *
 * @module
 */

import { Client } from "../../lib/client/mod.ts";
import { atLeast, atMost, type Attack, type Field, GARBAGE } from "./attack.ts";
import { p99At } from "./stage.ts";

const SIZE = 1_000_000_000;
const CHUNK = 262_144;

/** What a request of another client may take beside it, in milliseconds. */
const BAR = 50;

/** The chunk that begins at a place: no two of a value are the same. */
function chunkAt(at: number): Uint8Array {
  return new Uint8Array(Math.min(CHUNK, SIZE - at)).fill((at / CHUNK) % 251);
}

function streamOf(): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === SIZE) return controller.close();
      const chunk = chunkAt(at);
      at += chunk.length;
      controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

/** Whether a stream has the whole value. */
async function isWhole(stream: AsyncIterable<Uint8Array>): Promise<boolean> {
  let at = 0;
  for await (const bytes of stream) {
    const [first, last] = [at, at + bytes.length - 1].map((place) => Math.floor(place / CHUNK));
    if (bytes[0] !== first! % 251 || bytes.at(-1) !== last! % 251) return false;
    at += bytes.length;
  }
  return at === SIZE;
}

async function run({ port, signal, tally, ready }: Field): Promise<void> {
  await using client = await Client.connect({ hostname: "127.0.0.1", port });
  ready();
  do {
    const begin = performance.now();
    await client.setStream("long", streamOf(), SIZE);
    const stored = performance.now();
    tally.note("stored", stored - begin, SIZE);
    const entry = await client.getStream("long");
    const whole = entry !== undefined && await isWhole(entry.value);
    tally.note(whole ? "read whole" : "DAMAGED", performance.now() - stored);
  } while (!signal.aborted);
  await client.delete("long");
}

/** A value of 1 GB. */
export const longValue: Attack = {
  name: "long-value",
  what: "a client that stores a value of 1 GB as a stream, and reads it",
  options: [],
  time: 5_000,
  // The value before it is there until it is replaced, and then until V8 collects it.
  maxGrowth: 2 * SIZE + GARBAGE,
  run,
  judge: ({ tally, beside }) => [
    tally.isOnly("it was stored, and read whole", "stored", "read whole"),
    atLeast("that is", tally.count("read whole"), 1, " times"),
    atMost(
      "the p99 of the normal client beside it, quartile of windows",
      p99At(beside, 0.25),
      BAR,
      " ms",
    ),
  ],
};
