/** Bytes that break what treats them as text or as lines. */

import { equals } from "@std/bytes";
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";

/** Each byte once, with NUL, CR and LF among them, and CR LF at the end. */
export function allBytes(): Buffer {
  return Buffer.from([...Array.from({ length: 256 }, (_, byte) => byte), 13, 10]);
}

/** Bytes without a short period; the same ones for the same size. */
export function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 0x9e3779b9;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Compares byte for byte. A difference of megabytes is told by its place, and not shown. */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assertEquals(actual.length, expected.length);
  const at = equals(actual, expected) ? -1 : actual.findIndex((byte, at) => byte !== expected[at]);
  assert(at < 0, `byte ${at} is ${actual[at]}, not ${expected[at]}`);
}
