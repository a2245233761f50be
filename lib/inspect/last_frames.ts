/**
 * The last requests of a stream that broke its protocol.
 *
 * @module
 */

import { ReadBuffer } from "../bytes/mod.ts";
import { CafeRequestDecoder } from "../cafe/mod.ts";
import { BatchDecoder, DecodeError, type Decoder } from "../codec/mod.ts";
import { RespCallDecoder } from "../resp/mod.ts";
import { Exchange } from "./exchange.ts";
import { type Item, moved, type Protocol } from "./item.ts";
import { Mask } from "./mask.ts";
import { InspectedStream } from "./stream.ts";

/** A part of a stream of requests. */
export interface BrokenStream {
  /** The protocol. */
  readonly protocol: Protocol;
  /** The last bytes; a request begins at the first. */
  readonly bytes: Uint8Array;
  /** Where in the stream they begin. */
  readonly offset: number;
  /** Where in the stream the request begins that is none. */
  readonly brokenAt: number;
}

/** So much of a request is looked at. */
const MAX_HELD = 4_096;

/**
 * The last `most` requests of a stream, the broken one among them, without secrets. It takes little time
 * for those before.
 */
export function lastFrames(
  { protocol, bytes, offset, brokenAt }: BrokenStream,
  most: number,
): Item[] {
  const starts = startsIn(bytes.subarray(0, brokenAt - offset), protocol);
  const shown = starts.slice(-most);
  const from = shown[0] ?? 0;
  const options = { protocol, direction: "request", maxHeld: MAX_HELD } as const;
  const decoder = new BatchDecoder(new InspectedStream(new Exchange(), options));
  const found: (readonly Item[])[] = [];
  decoder.push(bytes.subarray(from, brokenAt - offset), found);
  decoder.push(bytes.subarray(brokenAt - offset).slice(0, 2 * MAX_HELD), found);
  decoder.end(found);
  const mask = new Mask();
  return found.flat().slice(0, shown.length).map((item) => moved(mask.apply(item), offset + from));
}

/** Where requests begin, the one behind the last whole one too. */
function startsIn(bytes: Uint8Array, protocol: Protocol): number[] {
  const decoder: Decoder<unknown> = protocol === "CAFE"
    ? new CafeRequestDecoder({ maxValueSize: 0xffff_ffff })
    : new RespCallDecoder({ maxBulkSize: 0xffff_ffff });
  const input = new ReadBuffer();
  input.append(bytes);
  const starts = [0];
  try {
    while (input.length > 0 && decoder.decode(input) !== undefined) starts.push(input.offset);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return starts;
}
