import { BatchDecoder, type ByteSink, type ByteSource, type Decoder } from "../../lib/codec/mod.ts";

/** Golden bytes: pairs of hexadecimal digits; bars and spaces between fields are for the reader. */
export function hex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
}

/** Text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** UTF-8 as text. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Each byte in a buffer of its own. */
export function bytewise(input: Uint8Array): Uint8Array[] {
  return [...input].map((byte) => Uint8Array.of(byte));
}

/** The messages of a whole stream that comes in these chunks. */
export function decodeAll<T>(decoder: Decoder<T>, ...chunks: Uint8Array[]): T[] {
  const messages: T[] = [];
  const batches = new BatchDecoder(decoder);
  for (const chunk of chunks) batches.push(chunk, messages);
  batches.end(messages);
  return messages;
}

/** `input` in chunks whose sizes go round in `sizes`. */
export function chunksOf(input: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < input.length; i++) {
    const end = at + sizes[i % sizes.length]!;
    chunks.push(input.slice(at, end));
    at = end;
  }
  return chunks;
}

/** A source that gives one part a read and then the end, and counts the reads. */
export function sourceOf(...parts: Uint8Array[]): ByteSource & { readonly reads: number } {
  let reads = 0;
  return {
    get reads() {
      return reads;
    },
    read(room) {
      const part = parts[reads++];
      if (part !== undefined) room.set(part);
      return Promise.resolve(part?.length ?? null);
    },
  };
}

/** A sink that keeps a copy of each write, and takes `most` bytes of it. */
export function sinkOf(most = Infinity): ByteSink & { readonly writes: Uint8Array[] } {
  const writes: Uint8Array[] = [];
  return {
    writes,
    write(bytes) {
      const taken = bytes.slice(0, most);
      writes.push(taken);
      return Promise.resolve(taken.length);
    },
  };
}

/** Lets every promise that can go on without I/O go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 500; turn++) await undefined;
}
