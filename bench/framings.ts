/**
 * The framings of the toolkit, for messages of one size without line feeds.
 *
 * @module
 */

import {
  type Decoder,
  DelimiterDecoder,
  DelimiterEncoder,
  type Encoder,
  FixedSizeDecoder,
  FixedSizeEncoder,
  LengthDelimitedDecoder,
  LengthDelimitedEncoder,
} from "../lib/codec/mod.ts";

/** A way to tell where messages end. */
export interface Framing {
  /** Its name. */
  readonly name: string;
  /** Makes frames of messages. */
  readonly encoder: Encoder<Uint8Array>;
  /** Makes messages of frames. */
  readonly decoder: () => Decoder<Uint8Array>;
}

const LINES = { delimiter: "\n" };

/** All of them; the first is what the others are compared with. */
export function framingsOf(size: number): readonly Framing[] {
  return [
    {
      name: "length-prefixed",
      encoder: new LengthDelimitedEncoder(),
      decoder: () => new LengthDelimitedDecoder(),
    },
    {
      name: "delimited",
      encoder: new DelimiterEncoder(LINES),
      decoder: () => new DelimiterDecoder(LINES),
    },
    {
      name: "fixed-size",
      encoder: new FixedSizeEncoder(size),
      decoder: () => new FixedSizeDecoder(size),
    },
  ];
}

/** Bytes in pieces, each in memory of its own, as if it had come alone: the dearest case. */
export function piecesOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return pieces;
}
