/**
 * Ways to tell where messages end, on the same messages: decoded whole, decoded in small pieces, encoded.
 *
 * @module
 */

import { WriteBuffer } from "../../lib/bytes/mod.ts";
import { BatchDecoder, encodeAll } from "../../lib/codec/mod.ts";
import { type Framing, framingsOf, piecesOf } from "../framings.ts";
import { calibrate, interleave, spreadOf, timeOf } from "../harness.ts";
import { BATCH, valueOf } from "../messages.ts";
import {
  type Comparison,
  type Group,
  type PeerFigures,
  type PeerOptions,
  rateOf,
} from "./figures.ts";

const SIZES = [16, 80, 1_024];

/** The size that a picture shows. */
const SHOWN = "80 B";

/** No piece has a whole message. */
const PIECE_PART = 5 / 8;

/** Makes the comparison. */
export async function compareFramings({ rounds }: PeerOptions): Promise<Comparison> {
  const groups: Group[] = [];
  for (const size of SIZES) {
    const messages = Array.from({ length: BATCH }, (_, seed) => valueOf(size, seed));
    const framings = framingsOf(size);
    const piece = size * PIECE_PART;
    const kinds: Record<string, (framing: Framing) => () => void> = {
      "decoded whole": (framing) => decoding(framing, messages, Infinity),
      [`decoded from pieces of ${piece} B`]: (framing) => decoding(framing, messages, piece),
      encoded: (framing) => encoding(framing, messages),
    };
    for (const [kind, workOf] of Object.entries(kinds)) {
      const load = `${size} B, ${kind}`;
      groups.push({ load, figures: await compare(framings, messages, workOf, rounds) });
    }
  }
  return {
    name: "framing",
    title: "Framings of the toolkit",
    notes: [`a request is a message here: batches of ${BATCH}, one thread, no I/O`],
    groups,
    shown: groups.map(({ load }) => load).filter((load) => load.startsWith(SHOWN)),
    bars: [],
    failures: [],
  };
}

async function compare(
  framings: readonly Framing[],
  messages: readonly Uint8Array[],
  workOf: (framing: Framing) => () => void,
  rounds: number,
): Promise<PeerFigures[]> {
  const subjects = await Promise.all(framings.map(async (framing) => {
    const work = workOf(framing);
    const times = await calibrate((times) => timeOf(work, times));
    const run = () => 1_000 * timeOf(work, times) / times / messages.length;
    return { name: framing.name, run };
  }));
  const samples = await interleave(rounds, subjects);
  return framings.map(({ name, encoder }) => {
    const { median, quartile } = spreadOf(samples.get(name)!);
    return {
      name,
      rate: rateOf({ median, quartile }),
      cpu: { median, quartile },
      sent: encodeAll(encoder, messages).length / messages.length,
    };
  });
}

function decoding(
  { encoder, decoder }: Framing,
  messages: readonly Uint8Array[],
  piece: number,
): () => void {
  const bytes = encodeAll(encoder, messages);
  const pieces = piecesOf(bytes, Math.min(piece, bytes.length));
  const batches = new BatchDecoder(decoder());
  return () => {
    for (const chunk of pieces) batches.push(chunk, []);
  };
}

function encoding({ encoder }: Framing, messages: readonly Uint8Array[]): () => void {
  const out = new WriteBuffer();
  return () => {
    for (const message of messages) encoder.encode(message, out);
    out.drain();
  };
}
