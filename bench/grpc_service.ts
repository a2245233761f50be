/**
 * The same service for gRPC: its methods, and its messages in the wire format of Protocol Buffers,
 *
 *     message Entry { bytes key = 1; bytes value = 2; }
 *
 * written by hand: that is as fast as what is generated, and needs no step of its own.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { MethodDefinition } from "@grpc/grpc-js";

/** What is asked and answered. A reply without a value says that there is none. */
export interface Entry {
  /** The key; empty in a reply. */
  readonly key: Uint8Array;
  /** The value, if there is one. */
  readonly value?: Uint8Array | undefined;
}

/** The tags of both fields: their number, and that they have a length. */
const KEY = 1 << 3 | 2;
const VALUE = 2 << 3 | 2;

/** No length of 32 bits takes more. */
const MAX_VARINT = 5;

/** The methods of the service, by name. */
export const METHODS = { get: methodOf("Get"), set: methodOf("Set") };

function methodOf(name: string): MethodDefinition<Entry, Entry> {
  return {
    path: `/cortado.Entries/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  };
}

function serialize({ key, value }: Entry): Buffer {
  const size = key.length + (value?.length ?? 0) + 2 * (1 + MAX_VARINT);
  const bytes = Buffer.allocUnsafe(size);
  let at = writeField(bytes, 0, KEY, key);
  if (value !== undefined) at = writeField(bytes, at, VALUE, value);
  return bytes.subarray(0, at);
}

function writeField(bytes: Buffer, start: number, tag: number, field: Uint8Array): number {
  let at = start;
  bytes[at++] = tag;
  let rest = field.length;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = rest | 0x80;
  bytes[at++] = rest;
  bytes.set(field, at);
  return at + field.length;
}

function deserialize(bytes: Buffer): Entry {
  let [key, value]: (Uint8Array | undefined)[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++]!;
    let length = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++]!;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const field = bytes.subarray(at, at + length);
    if (tag === KEY) key = field;
    else if (tag === VALUE) value = field;
    else throw new TypeError(`Cannot read an entry: it has a field with the tag ${tag}`);
    at += length;
  }
  return { key: key ?? new Uint8Array(0), value };
}
