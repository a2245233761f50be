/**
 * The framings side by side, on the same 128 messages of 80 bytes an iteration, with JSON lines as what
 * people write first: each message is an object with one field, its bytes in base64.
 *
 *     deno bench bench/framing_bench.ts
 *
 * @module
 */

import { WriteBuffer } from "../lib/bytes/mod.ts";
import { BatchDecoder, encodeAll } from "../lib/codec/mod.ts";
import { type Framing, framingsOf, piecesOf } from "./framings.ts";
import { bufferFromBase64, encodeLines, JsonLinesDecoder } from "./json_lines.ts";
import { BATCH, KEY_SIZE, SMALL_VALUE, valueOf } from "./messages.ts";

const SIZE = KEY_SIZE + SMALL_VALUE;

/** In small pieces, no piece has a whole message. */
const PIECE = 50;

const messages = Array.from({ length: BATCH }, (_, seed) => valueOf(SIZE, seed));

/** Both ways of feeding; the chunks are made beforehand. */
function benchDecoder(name: string, bytes: Uint8Array, push: (chunk: Uint8Array) => void) {
  const baseline = name === "length-prefixed";
  const pieces = piecesOf(bytes, PIECE);
  Deno.bench({
    name: `decode ${BATCH} ${name}, whole`,
    group: "decode, whole",
    baseline,
    permissions: "none",
    fn: () => push(bytes),
  });
  Deno.bench({
    name: `decode ${BATCH} ${name}, pieces of ${PIECE} bytes`,
    group: "decode, in pieces",
    baseline,
    permissions: "none",
    fn() {
      for (const piece of pieces) push(piece);
    },
  });
}

function benchEncoder(name: string, encode: () => void) {
  Deno.bench({
    name: `encode ${BATCH} ${name}`,
    group: "encode",
    baseline: name === "length-prefixed",
    permissions: "none",
    fn: encode,
  });
}

function benchFraming({ name, encoder, decoder }: Framing) {
  const batches = new BatchDecoder(decoder());
  const out = new WriteBuffer();
  benchDecoder(name, encodeAll(encoder, messages), (chunk) => batches.push(chunk, []));
  benchEncoder(name, () => {
    for (const message of messages) encoder.encode(message, out);
    out.drain();
  });
}

function lineOf(message: Uint8Array): string {
  return JSON.stringify({ value: message.toBase64() });
}

function messageOf(line: string): Uint8Array {
  const { value }: { readonly value: string } = JSON.parse(line);
  return bufferFromBase64(value);
}

for (const framing of framingsOf(SIZE)) benchFraming(framing);

const json = new JsonLinesDecoder(messageOf);
benchDecoder("JSON lines", encodeLines(messages, lineOf), (chunk) => json.push(chunk, []));
benchEncoder("JSON lines", () => encodeLines(messages, lineOf));
