/**
 * Hashes of keys.
 *
 * @module
 */

/** What a hash depends on besides the key: two numbers of 32 bits. */
export type HashSeed = readonly [number, number];

/** One that nobody outside knows: no one can choose keys that meet in the index. */
function randomSeed(): HashSeed {
  const [low, high] = crypto.getRandomValues(new Uint32Array(2));
  return [low!, high!];
}

/** HalfSipHash-1-3 with 32 bits: a keyed hash for tables. */
export class KeyHash {
  readonly #k0: number;
  readonly #k1: number;

  /** Takes a seed; without one, one of its own. */
  constructor([k0, k1]: HashSeed = randomSeed()) {
    this.#k0 = k0 | 0;
    this.#k1 = k1 | 0;
  }

  /** What the hashes depend on. */
  get seed(): HashSeed {
    return [this.#k0, this.#k1];
  }

  /** The hash of a key, signed: V8 keeps a signed number of 32 bits without an object on the heap. */
  of(key: Uint8Array): number {
    return this.ofPart(key, 0, key.length);
  }

  /**
   * The hash of a key that is a part of other bytes.
   *
   * The round is written out three times: as a function it needs its state in an array, which takes
   * twice the time.
   */
  ofPart(bytes: Uint8Array, start: number, length: number): number {
    let v0 = this.#k0, v1 = this.#k1, v2 = 0x6c796765 ^ v0, v3 = 0x74656462 ^ v1;
    const end = start + (length & ~3);
    for (let at = start; at < end; at += 4) {
      const word = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
      v3 ^= word;
      v0 = v0 + v1 | 0, v1 = (v1 << 5 | v1 >>> 27) ^ v0, v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0, v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0, v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0, v1 = (v1 << 13 | v1 >>> 19) ^ v2, v2 = v2 << 16 | v2 >>> 16;
      v0 ^= word;
    }
    const word = lastWord(bytes, end, length);
    v3 ^= word;
    v0 = v0 + v1 | 0, v1 = (v1 << 5 | v1 >>> 27) ^ v0, v0 = v0 << 16 | v0 >>> 16;
    v2 = v2 + v3 | 0, v3 = (v3 << 8 | v3 >>> 24) ^ v2;
    v0 = v0 + v3 | 0, v3 = (v3 << 7 | v3 >>> 25) ^ v0;
    v2 = v2 + v1 | 0, v1 = (v1 << 13 | v1 >>> 19) ^ v2, v2 = v2 << 16 | v2 >>> 16;
    v0 ^= word;
    v2 ^= 0xff;
    for (let round = 0; round < 3; round++) {
      v0 = v0 + v1 | 0, v1 = (v1 << 5 | v1 >>> 27) ^ v0, v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0, v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0, v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0, v1 = (v1 << 13 | v1 >>> 19) ^ v2, v2 = v2 << 16 | v2 >>> 16;
    }
    return v1 ^ v3;
  }
}

/** The last bytes of a key, from `end` on, up to three, under the low byte of its length. */
function lastWord(bytes: Uint8Array, end: number, length: number): number {
  const word = length << 24;
  switch (length & 3) {
    case 0:
      return word;
    case 1:
      return word | bytes[end]!;
    case 2:
      return word | bytes[end]! | bytes[end + 1]! << 8;
    default:
      return word | bytes[end]! | bytes[end + 1]! << 8 | bytes[end + 2]! << 16;
  }
}
