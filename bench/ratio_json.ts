/**
 * The codec against JSON lines, on the same messages.
 *
 *     deno task bench:codec-ratio [--rounds 61] [--json]
 *
 * Messages have the fields op, id, key (16 bytes) and value (64 bytes). Each side decodes a batch of
 * bytes to messages with binary fields, and encodes those messages to bytes again. JSON carries binary
 * fields in base64: once decoded by `Uint8Array.fromBase64`, once by `Buffer.from`, which is faster.
 *
 * The sides do not make the same things: CAFE decodes to views of the bytes it was given and encodes into
 * memory that is used again, while JSON copies every field when it decodes and makes a new text and new
 * bytes when it encodes. The ratio includes that difference.
 *
 * @module
 */

import { WriteBuffer } from "../lib/bytes/mod.ts";
import {
  type CafeRequest,
  CafeRequestDecoder,
  CafeRequestEncoder,
  type DecodedRequest,
} from "../lib/cafe/mod.ts";
import { BatchDecoder, encodeAll } from "../lib/codec/mod.ts";
import { calibrate, interleave, type Spread, spreadOf, type Subject, timeOf } from "./harness.ts";
import {
  bufferFromBase64,
  encodeLines,
  JsonLinesDecoder,
  standardFromBase64,
} from "./json_lines.ts";
import { BATCH, setRequests, SMALL_VALUE } from "./messages.ts";
import { benchOptions, report, table } from "./report.ts";

/** CAFE is to be so many times as fast as the faster JSON. */
const BAR = 10;

interface Message {
  readonly op: string;
  readonly id: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A message as JSON has it. */
interface Plain {
  readonly op: string;
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

/** One step of one side. */
interface Figures {
  readonly step: string;
  readonly side: string;
  /** Nanoseconds a message. */
  readonly time: Spread;
}

/** What a side does with a batch, by step. */
type Steps = Readonly<Record<string, () => unknown>>;

const requests = setRequests(BATCH, SMALL_VALUE).map((request, id) => ({ ...request, id }));
const messages: Message[] = requests.map(({ op, id, key, value }) => ({ op, id, key, value }));
const cafeBytes = encodeAll(new CafeRequestEncoder(), requests);
const jsonBytes = encodeLines(messages, lineOf);

function cafe(): Steps {
  const batches = new BatchDecoder<DecodedRequest>(new CafeRequestDecoder());
  const encoder = new CafeRequestEncoder();
  const out = new WriteBuffer();
  const decode = () => {
    const decoded: DecodedRequest[] = [];
    batches.push(cafeBytes, decoded);
    return decoded;
  };
  const encode = (requests: readonly DecodedRequest[]) => {
    for (const request of requests) encoder.encode(request as CafeRequest, out);
    return out.drain();
  };
  return { decode, encode: () => encode(requests), both: () => encode(decode()) };
}

function json(fromBase64: (text: string) => Uint8Array): Steps {
  const lines = new JsonLinesDecoder((line): Message => {
    const { op, id, key, value }: Plain = JSON.parse(line);
    return { op, id, key: fromBase64(key), value: fromBase64(value) };
  });
  const decode = () => {
    const decoded: Message[] = [];
    lines.push(jsonBytes, decoded);
    return decoded;
  };
  return {
    decode,
    encode: () => encodeLines(messages, lineOf),
    both: () => encodeLines(decode(), lineOf),
  };
}

function lineOf({ op, id, key, value }: Message): string {
  return JSON.stringify({ op, id, key: key.toBase64(), value: value.toBase64() });
}

async function subjectOf(name: string, work: () => unknown): Promise<Subject<number>> {
  const times = await calibrate((times) => timeOf(work, times));
  return { name, run: () => timeOf(work, times) * 1e6 / (times * BATCH) };
}

const CAFE = "CAFE";
const SIDES: Readonly<Record<string, Steps>> = {
  [CAFE]: cafe(),
  "JSON": json(standardFromBase64),
  "JSON, Buffer": json(bufferFromBase64),
};

const options = benchOptions({ rounds: 61 });
const figures: Figures[] = [];
for (const step of ["decode", "encode", "both"]) {
  const subjects: Subject<number>[] = [];
  for (const [side, steps] of Object.entries(SIDES)) {
    subjects.push(await subjectOf(side, steps[step]!));
  }
  for (const [side, runs] of await interleave(options.rounds, subjects)) {
    figures.push({ step, side, time: spreadOf(runs) });
  }
}
report(options, figures, text);

function text(figures: readonly Figures[]): string {
  const of = (wanted: string, side: string) =>
    figures.find((other) => other.step === wanted && other.side === side)!.time;
  const rows = figures.map(({ step, side, time }) => [
    step,
    side,
    time.median.toFixed(0),
    (time.median / of(step, CAFE).median).toFixed(2),
    time.quartile.toFixed(0),
    (time.quartile / of(step, CAFE).quartile).toFixed(2),
    `${(100 * time.clean).toFixed(0)}%`,
  ]);
  const verdicts = Object.keys(SIDES).filter((side) => side !== CAFE).map((side) => {
    const ratio = of("both", side).median / of("both", CAFE).median;
    const verdict = ratio >= BAR ? "met" : "missed";
    return `CAFE is ${ratio.toFixed(1)} times as fast as ${side}, the bar is ${BAR}: ${verdict}`;
  });
  return [
    `nanoseconds a message, batches of ${BATCH}, ${options.rounds} rounds; x: ratio to CAFE`,
    table(["step", "side", "ns med", "x", "ns q", "x", "clean"], rows, 2),
    `bytes a message: CAFE ${cafeBytes.length / BATCH}, JSON ${
      (jsonBytes.length / BATCH).toFixed(1)
    }`,
    "CAFE decodes to views and encodes into reused memory; JSON copies",
    ...verdicts,
  ].join("\n");
}
