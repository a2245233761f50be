/**
 * Requests that were encoded before they are sent.
 *
 * @module
 */

import { WriteBuffer } from "../bytes/mod.ts";
import { concat } from "@std/bytes";
import type { LoadProtocol } from "./protocol.ts";
import type { LoadRequest, Workload } from "./workload.ts";

/** Requests side by side, with what is expected of the reply to each. */
export interface Tape {
  /** How many there are. */
  readonly count: number;
  /** Their bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the request with a number begins, and behind the last one where it ends. */
  readonly starts: Float64Array;
  /** Which replies are no errors, as {@linkcode LoadProtocol.expected} says. */
  readonly expected: Uint8Array;
  /** The value that is read, where it is known; empty when values are not looked at. */
  readonly values: readonly (Uint8Array | undefined)[];
}

/** A tape has at most so many requests, */
const MAX_REQUESTS = 262_144;
/** about so many bytes, */
const MAX_BYTES = 67_108_864;
/** and at least so many requests. */
const MIN_REQUESTS = 8;

/** What a request has besides its value, in bytes, as far as the size of a tape is concerned. */
const OVERHEAD = 64;

/**
 * Draws requests and encodes them. A tape is played round and round: it is long enough that the keys on it
 * are many, and nothing is drawn or encoded while it is measured.
 */
export function drawTape(workload: Workload, protocol: LoadProtocol, keepsValues: boolean): Tape {
  const fitting = Math.floor(MAX_BYTES / (OVERHEAD + workload.meanValueSize));
  const count = Math.max(MIN_REQUESTS, Math.min(MAX_REQUESTS, fitting));
  const values: (Uint8Array | undefined)[] = [];
  const tape = encodeTape(count, protocol, () => {
    const request = workload.draw();
    if (keepsValues) {
      values.push(request.op === "GET" ? workload.value(request.number) : undefined);
    }
    return request;
  });
  return { ...tape, values };
}

/** A tape that stores the values of some keys, from one to before another. */
export function fillingTape(
  workload: Workload,
  protocol: LoadProtocol,
  from: number,
  to: number,
): Tape {
  return encodeTape(to - from, protocol, (at) => workload.set(from + at));
}

/** Encodes each request when it is made: so many are not kept. */
function encodeTape(
  count: number,
  protocol: LoadProtocol,
  requestAt: (at: number) => LoadRequest,
): Tape {
  const out = new WriteBuffer();
  const starts = new Float64Array(count + 1);
  const expected = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const request = requestAt(at);
    protocol.encode(request, out);
    starts[at + 1] = out.length;
    expected[at] = protocol.expected[request.op];
  }
  return { count, bytes: concat(out.drain()), starts, expected, values: [] };
}
