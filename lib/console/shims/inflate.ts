/**
 * Raw deflate (RFC 1951), read in the simplest way: a browser has none that answers at once.
 *
 * @module
 */

const MAX_BITS = 15;
/** The order in which the lengths of the codes of lengths are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;

/** The least length, or distance, of each symbol, and how many bits more it has. */
const LENGTHS = series(3, [0, 0, 0, 0, ...fours(5)]).slice(0, 28).concat([[258, 0]]);
const DISTANCES = series(1, [0, 0, ...Array.from({ length: 28 }, (_, at) => at >> 1)]);

function fours(most: number): number[] {
  return Array.from({ length: 4 * (most + 1) }, (_, at) => at >> 2);
}

function series(first: number, bits: readonly number[]): (readonly [number, number])[] {
  let base = first;
  return bits.map((extra) => {
    const row = [base, extra] as const;
    base += 1 << extra;
    return row;
  });
}

/** A Huffman code: how many symbols have each length, and the symbols in their order. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const next = new Uint16Array(MAX_BITS + 1);
  for (let at = 1; at < MAX_BITS; at++) next[at + 1] = next[at]! + counts[at]!;
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length > 0) symbols[next[length]!++] = symbol;
  }
  return { counts, symbols };
}

const FIXED_LENGTHS = codeOf(
  Array.from({ length: 288 }, (_, at) => at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8),
);
const FIXED_DISTANCES = codeOf(Array.from({ length: 30 }, () => 5));

class Bits {
  #at = 0;
  #bit = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    let value = 0;
    for (let at = 0; at < count; at++) value |= this.#one() << at;
    return value;
  }

  symbol({ counts, symbols }: Code): number {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= this.#one();
      const count = counts[length]!;
      if (code - count < first) return symbols[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw corrupt();
  }

  /** The bytes of a block that is stored as it is. */
  stored(): Uint8Array {
    if (this.#bit > 0) this.#at++;
    this.#bit = 0;
    const [length, check] = [this.take(16), this.take(16)];
    const bytes = this.#bytes.subarray(this.#at, this.#at += length);
    if ((length ^ check) !== 0xffff || bytes.length < length) throw corrupt();
    return bytes;
  }

  #one(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw corrupt();
    const bit = (byte >> this.#bit) & 1;
    if (++this.#bit === 8) [this.#at, this.#bit] = [this.#at + 1, 0];
    return bit;
  }
}

/**
 * Inflates raw deflate.
 *
 * @throws {RangeError} When it is none, or cut; with code `ERR_BUFFER_TOO_LARGE` when it is over `most` bytes.
 */
export function inflateRaw(bytes: Uint8Array, most: number): Uint8Array {
  const bits = new Bits(bytes);
  const out: number[] = [];
  for (let isLast = false; !isLast;) {
    isLast = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 0) { for (const byte of bits.stored()) out.push(byte); }
    else if (kind === 1) block(bits, FIXED_LENGTHS, FIXED_DISTANCES, out, most);
    else if (kind === 2) block(bits, ...dynamic(bits), out, most);
    else throw corrupt();
    checkSize(out, most);
  }
  return Uint8Array.from(out);
}

function dynamic(bits: Bits): [Code, Code] {
  const [count, distances, codes] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const short = Array.from({ length: 19 }, () => 0);
  for (const place of ORDER.slice(0, codes)) short[place] = bits.take(3);
  const code = codeOf(short);
  const lengths: number[] = [];
  while (lengths.length < count + distances) {
    const symbol = bits.symbol(code);
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) repeat(lengths, lengths.at(-1), 3 + bits.take(2));
    else repeat(lengths, 0, symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7));
  }
  return [codeOf(lengths.slice(0, count)), codeOf(lengths.slice(count))];
}

function repeat(lengths: number[], length: number | undefined, times: number): void {
  if (length === undefined) throw corrupt();
  for (let at = 0; at < times; at++) lengths.push(length);
}

function block(bits: Bits, lengths: Code, distances: Code, out: number[], most: number): void {
  for (;;) {
    const symbol = bits.symbol(lengths);
    if (symbol === 256) return;
    if (symbol < 256) out.push(symbol);
    else copy(bits, LENGTHS[symbol - 257], distances, out);
    checkSize(out, most);
  }
}

function copy(
  bits: Bits,
  length: readonly [number, number] | undefined,
  distances: Code,
  out: number[],
): void {
  if (length === undefined) throw corrupt();
  const count = length[0] + bits.take(length[1]);
  const distance = DISTANCES[bits.symbol(distances)];
  if (distance === undefined) throw corrupt();
  const from = out.length - distance[0] - bits.take(distance[1]);
  if (from < 0) throw corrupt();
  for (let at = 0; at < count; at++) out.push(out[from + at]!);
}

function checkSize(out: readonly number[], most: number): void {
  if (out.length <= most) return;
  const error = new RangeError(`Cannot inflate: the bytes are over ${most}`);
  throw Object.assign(error, { code: "ERR_BUFFER_TOO_LARGE" });
}

function corrupt(): RangeError {
  return new RangeError("Cannot inflate: the bytes are no raw deflate");
}
