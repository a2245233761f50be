import { KeyHash } from "../../lib/store/key_hash.ts";
import { assert, assertEquals, assertNotEquals } from "@std/assert";

/** The state of HalfSipHash, by the description of SipHash with words of 32 bits. */
type State = [number, number, number, number];

function rotated(word: number, by: number): number {
  return (word << by | word >>> (32 - by)) >>> 0;
}

function round([a, b, c, d]: State): State {
  a = (a + b) >>> 0;
  b = (rotated(b, 5) ^ a) >>> 0;
  a = rotated(a, 16);
  c = (c + d) >>> 0;
  d = (rotated(d, 8) ^ c) >>> 0;
  a = (a + d) >>> 0;
  d = (rotated(d, 7) ^ a) >>> 0;
  c = (c + b) >>> 0;
  b = (rotated(b, 13) ^ c) >>> 0;
  return [a, b, rotated(c, 16), d];
}

function rounds(state: State, count: number): State {
  return count === 0 ? state : rounds(round(state), count - 1);
}

/** HalfSipHash-c-d with 32 bits, as plainly as it can be said. */
function halfSipHash(c: number, d: number, k0: number, k1: number, input: Uint8Array): number {
  const padded = new Uint8Array(4 * Math.floor(input.length / 4) + 4);
  padded.set(input);
  padded[padded.length - 1] = input.length % 256;
  let state: State = [k0, k1, (0x6c796765 ^ k0) >>> 0, (0x74656462 ^ k1) >>> 0];
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 4) {
    const word = view.getUint32(at, true);
    state[3] = (state[3] ^ word) >>> 0;
    state = rounds(state, c);
    state[0] = (state[0] ^ word) >>> 0;
  }
  state[2] = (state[2] ^ 0xff) >>> 0;
  const [, b, , last] = rounds(state, d);
  return (b ^ last) >>> 0;
}

const [K0, K1] = [0x03020100, 0x07060504];

/** The bytes 0, 1, 2 and so on. */
function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => at);
}

Deno.test("the HalfSipHash of this test gives the published vectors of HalfSipHash-2-4", {
  permissions: "none",
}, () => {
  // The first of vectors_hsip32 of the reference implementation, read with the low byte first.
  const published = [0x5b9f35a9, 0xb85a4727, 0x03a662fa, 0x04e7fe8a];
  assertEquals(published.map((_, at) => halfSipHash(2, 4, K0, K1, counting(at))), published);
});

Deno.test("KeyHash is HalfSipHash-1-3, for keys of all lengths", { permissions: "none" }, () => {
  for (const [k0, k1] of [[K0, K1], [0, 0], [0xffffffff, 0x80000000]] as const) {
    const hash = new KeyHash([k0, k1]);
    for (let length = 0; length <= 600; length++) {
      const key = counting(length);
      assertEquals(hash.of(key) >>> 0, halfSipHash(1, 3, k0, k1, key), `${length} bytes`);
    }
  }
});

Deno.test("KeyHash depends on its seed, which is another one each time where none is given", {
  permissions: "none",
}, () => {
  const key = counting(10);
  const hashes = new Set(Array.from({ length: 8 }, () => new KeyHash().of(key)));
  assert(hashes.size > 1);
  assertEquals(new KeyHash([1, 2]).of(key), new KeyHash([1, 2]).of(key));
  assertNotEquals(new KeyHash([1, 2]).of(key), new KeyHash([1, 3]).of(key));
});

Deno.test(
  "keys that are chosen for one seed are spread by another",
  { permissions: "none" },
  () => {
    const [known, other] = [new KeyHash([0, 0]), new KeyHash([1, 0])];
    const place = (hash: number) => hash >>> 26;
    const keys = Array.from(
      { length: 20_000 },
      (_, number) => new TextEncoder().encode(`key:${number}`),
    )
      .filter((key) => place(known.of(key)) === 0);
    assertEquals(keys.length > 200, true);
    assertEquals(new Set(keys.map((key) => place(other.of(key)))).size > 55, true);
  },
);
