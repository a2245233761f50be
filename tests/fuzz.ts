/**
 * Tries sessions with made-up streams, of CAFE in plain and protected, and of RESP, in turns:
 * `deno run tests/fuzz.ts [seconds] [seed]`, by default for ten seconds and with a seed of the time. It
 * ends with 1 at the first stream that a rule does not hold for.
 */

import { Random } from "./random.ts";
import { makeProtectedStream, tryProtectedStream } from "./server/fuzz_protected.ts";
import { tryRespStream } from "./server/fuzz_resp.ts";
import { makeRespStream } from "./server/fuzz_resp_streams.ts";
import { makeStream, tryStream } from "./server/fuzz_streams.ts";

/** What every stream has, whatever its protocol. */
interface AnyStream {
  readonly bytes: Uint8Array;
  readonly sizes: readonly number[];
}

/** Streams between two looks at the clock. */
const ROUND = 100;

const seconds = numberAt(0, 10);
const seed = numberAt(1, Date.now() % 0x1_0000_0000);

say(`fuzz: ${seconds} s, seed ${seed}`);
const random = new Random(seed);
const end = Date.now() + seconds * 1_000;
let streams = 0;
let replies = 0;
do {
  for (let i = 0; i < ROUND; i++) {
    replies += tried(makeStream(random), tryStream);
    replies += tried(makeRespStream(random), tryRespStream);
    replies += tried(makeProtectedStream(random), tryProtectedStream);
  }
} while (Date.now() < end);
say(`fuzz: ${streams} streams, ${replies} replies, seed ${seed}: no failure`);

function tried<S extends AnyStream>(stream: S, attempt: (stream: S) => unknown[]): number {
  streams++;
  try {
    return attempt(stream).length;
  } catch (cause) {
    say(`fuzz: failure in stream ${streams} of seed ${seed}`);
    say(`bytes: ${stream.bytes.toHex()}`);
    say(`chunks of: ${stream.sizes.join(", ")}`);
    say(cause instanceof Error ? `${cause.stack}` : String(cause));
    Deno.exit(1);
  }
}

function numberAt(index: number, otherwise: number): number {
  const text = Deno.args[index];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  say(`Cannot fuzz: "${text}" is not a number from 0; usage: fuzz.ts [seconds] [seed]`);
  Deno.exit(2);
}

function say(line: string): void {
  // deno-lint-ignore no-console -- a program for the command line
  console.log(line);
}
