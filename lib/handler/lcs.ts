/**
 * The longest common subsequence of two values.
 *
 * @module
 */

import { CommandError, type CommonRequest, count, list, ok, type Response } from "../model/mod.ts";
import type { Peer } from "./context.ts";
import { lookUp } from "./values.ts";

/** Bytes that follow each other in both values. */
export interface Piece {
  /** Where it begins in one value. */
  readonly at: number;
  /** Where it begins in the other value. */
  readonly atOther: number;
  /** How many bytes it has. */
  readonly length: number;
}

const NO_BYTES = new Uint8Array(0);

/** Finds what two values have in common. */
export function common(request: CommonRequest, peer: Peer): Response {
  const one = lookUp(peer, request.key)?.value ?? NO_BYTES;
  const other = lookUp(peer, request.other)?.value ?? NO_BYTES;
  checkTable(one, other, peer);
  const pieces = commonPieces(one, other);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  switch (request.want) {
    case "length":
      return count(length);
    case "text":
      return ok(joined(one, pieces, length));
    case "pieces":
      return list([list(shownPieces(pieces, request)), count(length)]);
  }
}

/** The table has so many bytes for a pair of bytes. */
const CELL = 4;

/** The table has no more bytes, whatever the longest value: an array of more may not be had. */
const MAX_MATRIX = 2 ** 30;

function checkTable(one: Uint8Array, other: Uint8Array, peer: Peer): void {
  const size = CELL * (one.length + 1) * (other.length + 1);
  if (size <= Math.min(peer.maxValueSize, MAX_MATRIX)) return;
  throw new CommandError(
    "BAD_REQUEST",
    "Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
  );
}

/** The pieces of the longest common subsequence, the last one first. */
export function commonPieces(one: Uint8Array, other: Uint8Array): Piece[] {
  const lengths = lengthsOf(one, other);
  const width = other.length + 1;
  const pieces: Piece[] = [];
  let length = 0;
  let i = one.length;
  let j = other.length;
  while (i > 0 && j > 0) {
    if (one[i - 1] === other[j - 1]) {
      i--;
      j--;
      length++;
      if (i > 0 && j > 0) continue;
    }
    if (length > 0) pieces.push({ at: i, atOther: j, length });
    else if (lengths[(i - 1) * width + j]! > lengths[i * width + j - 1]!) i--;
    else j--;
    length = 0;
  }
  return pieces;
}

/** At `i * (other.length + 1) + j`: the length for the first `i` bytes of one value and `j` of the other. */
function lengthsOf(one: Uint8Array, other: Uint8Array): Uint32Array {
  const width = other.length + 1;
  const lengths = new Uint32Array((one.length + 1) * width);
  for (let i = 1; i <= one.length; i++) {
    const byte = one[i - 1]!;
    const row = i * width;
    for (let j = 1; j < width; j++) {
      const above = row - width + j;
      lengths[row + j] = byte === other[j - 1]
        ? lengths[above - 1]! + 1
        : Math.max(lengths[above]!, lengths[row + j - 1]!);
    }
  }
  return lengths;
}

function joined(one: Uint8Array, pieces: readonly Piece[], length: number): Uint8Array {
  const text = new Uint8Array(length);
  let end = length;
  for (const piece of pieces) {
    end -= piece.length;
    text.set(one.subarray(piece.at, piece.at + piece.length), end);
  }
  return text;
}

/** For each piece its first and last place in both values, and its length when that is wanted. */
function shownPieces(pieces: readonly Piece[], request: CommonRequest): Response[] {
  const { minPiece, withLengths } = request;
  const span = (at: number, length: number) => list([count(at), count(at + length - 1)]);
  return pieces.filter(({ length }) => length >= minPiece).map(({ at, atOther, length }) => {
    const spans: Response[] = [span(at, length), span(atOther, length)];
    return list(withLengths ? [...spans, count(length)] : spans);
  });
}
