/** Counts how many bytes a decoder looks at. */

import { ReadBuffer } from "../../lib/bytes/mod.ts";
import type { Decoder } from "../../lib/codec/mod.ts";

/** What a stream that comes byte by byte costs. */
export interface Cost {
  /** How many messages it gave. */
  readonly messages: number;
  /** How many times a byte was looked at. */
  readonly looks: number;
}

/** Feeds a stream byte by byte, as `BatchDecoder` does, and counts. */
export function costOf<T>(decoder: Decoder<T>, stream: Uint8Array): Cost {
  const input = new ReadBuffer();
  let messages = 0;
  let looks = 0;
  for (let at = 0; at < stream.length; at++) {
    input.append(stream.subarray(at, at + 1));
    while (input.missing === 0 && input.length > 0) {
      const { bytes } = input;
      const watched = watch(bytes, (count) => looks += count);
      input.bytes = watched;
      const message = decoder.decode(input);
      if (input.bytes === watched) input.bytes = bytes;
      if (message === undefined) break;
      messages++;
    }
  }
  return { messages, looks };
}

/** The array, telling how many of its bytes are read. A part that is cut out is read in full. */
function watch(bytes: Uint8Array, tell: (count: number) => void): Uint8Array {
  return new Proxy(bytes, {
    get(target, name) {
      if (name === "subarray") {
        return (from: number, to: number) => {
          tell(to - from);
          return target.subarray(from, to);
        };
      }
      if (typeof name === "string" && /^\d+$/.test(name)) tell(1);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
