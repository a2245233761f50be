/**
 * Memory for many small blocks.
 *
 * @module
 */

import { classWithin, LAST_CLASS, UNIT, unitsOf } from "./size_classes.ts";

/** A piece of memory that blocks are cut from, as bytes, words and doubles. */
export interface Segment {
  /** All of it. */
  readonly bytes: Uint8Array;
  /** All of it, four bytes each, signed. */
  readonly words: Int32Array;
  /** All of it, eight bytes each. */
  readonly doubles: Float64Array;
  /** All of it, at any alignment. */
  readonly view: DataView;
}

/** What the segments have together doubles with each new one, from this... */
const MIN_SEGMENT = 4_096;
/** ...until one has this, which makes the unit a number of 16 bits. */
const MAX_SEGMENT = 1 << 20;
/** Segments have numbers of 16 bits. */
export const MAX_SEGMENTS: number = 1 << 16;
/** So many empty segments of the largest size are kept for what comes; others are given away. */
const MAX_SPARE = 2;
/** No segment is vacated while the segments have together no more units than this. */
const MIN_VACATED = (4 << 20) / UNIT;
/** No segment. */
const NONE = -1;
/** What stands for a segment whose memory was given away. */
const NO_MEMORY = segmentOf(new ArrayBuffer(0));

// The first word of a block is its class in 8 bits from here on; whoever has the block may use the bits
// below and above, but not the sign, which tells that it is free.

/** Where the class is in the first word of a block. */
export const CLASS_SHIFT = 16;
/** The bits of the class, shifted down. */
export const CLASS_BITS = 0xff;
const FREE = 1 << 31;

// A free block that is in a list has the next and the one before in these words; 0 is none.

const NEXT = 1;
const BEFORE = 2;

/**
 * Blocks of the sizes of `size_classes.ts`. A block is named by a reference of 32 bits: the number of its
 * segment above the number of its first unit; as a signed number, so that V8 needs no object for it. 0 is
 * no block.
 *
 * The blocks of a class that were freed are a list. They are not joined again, but cut when a smaller one is
 * wanted and there is nothing else. What is free becomes whole again by segments. A segment without a block in
 * use, and the one with the most free units when more than half of all is free, is vacated: whoever has the
 * blocks calls `nextToMove` again and again and moves those that it names. It goes through the segment block by
 * block, and what it has passed is in no list; for to do that at once would take milliseconds, since each block
 * has its neighbours in other segments.
 */
export class Arena {
  /** The memory; reference `r` begins at unit `r & 0xffff` of segment `r >>> 16`. */
  readonly segments: Segment[] = [];
  /** How many units of each segment are in use; `NONE` when it is spare or has no memory. */
  readonly #used: number[] = [];
  /** Segments that are empty and have memory, and those that have none. */
  readonly #spare: number[] = [];
  readonly #without: number[] = [];
  /** The first block of the list of each class. */
  readonly #free = new Int32Array(LAST_CLASS + 1);
  readonly #makeBuffer: (bytes: number, number: number) => ArrayBufferLike;
  readonly #onDropped: (number: number) => void;
  /** The units of this segment from `#next` to `#end` are no part of a block. */
  #current = NONE;
  #next = 0;
  #end = 0;
  /** The segment that is being vacated, and the block to look at next: those before it are free. */
  #vacated = NONE;
  #look = 0;
  /** The units of the segments that are not spare, and how many of them are in use. */
  #units = 0;
  #usedUnits = 0;
  #memory = 0;

  /**
   * Makes an empty arena, which takes no memory.
   *
   * @param makeBuffer Makes the memory of the segment of a number.
   * @param onDropped Told of the number of a segment whose memory was given away.
   */
  constructor(
    makeBuffer: (bytes: number, number: number) => ArrayBufferLike = (bytes) =>
      new ArrayBuffer(bytes),
    onDropped: (number: number) => void = () => {},
  ) {
    this.#makeBuffer = makeBuffer;
    this.#onDropped = onDropped;
  }

  /** How many bytes the segments have. */
  get memory(): number {
    return this.#memory;
  }

  /** How many bytes the blocks in use have. */
  get used(): number {
    return this.#usedUnits * UNIT;
  }

  /** Whether there are blocks to move. */
  get isVacating(): boolean {
    return this.#vacated !== NONE;
  }

  /** A block of a size class; what is in it behind the first word is left from before. */
  allocate(size: number): number {
    const ref = this.#take(size);
    const units = unitsOf(size);
    this.segments[ref >>> 16]!.words[(ref & 0xffff) << 2] = size << CLASS_SHIFT;
    this.#used[ref >>> 16]! += units;
    this.#usedUnits += units;
    return ref;
  }

  /** Takes a block back. */
  free(ref: number): void {
    const number = ref >>> 16;
    const size = this.classOf(ref);
    this.#used[number]! -= unitsOf(size);
    this.#usedUnits -= unitsOf(size);
    this.#link(ref, size);
    if (this.#vacated !== NONE) return;
    const isEmpty = this.#used[number] === 0 && number !== this.#current;
    if (isEmpty || this.#isWasteful()) this.#vacate();
  }

  /** The class of a block. */
  classOf(ref: number): number {
    return this.#wordsOf(ref)[(ref & 0xffff) << 2]! >>> CLASS_SHIFT & CLASS_BITS;
  }

  /**
   * Looks at one block of the segment that is being vacated: its reference when it is in use, so that it is
   * to be moved, which is to allocate another one and to free it; 0 when it is not.
   */
  nextToMove(): number {
    const number = this.#vacated;
    const { words, bytes } = this.segments[number]!;
    const at = this.#look;
    const first = words[at << 2]!;
    const ref = number << 16 | at;
    if (first >= 0) return ref;
    const size = first >>> CLASS_SHIFT & CLASS_BITS;
    this.#unlink(ref, size);
    this.#look += unitsOf(size);
    if (this.#look * UNIT === bytes.length) this.#endVacating(number);
    return 0;
  }

  /** Takes all blocks back, and gives their memory away. */
  clear(): void {
    for (const [number, segment] of this.segments.entries()) {
      if (segment !== NO_MEMORY) this.#onDropped(number);
    }
    this.segments.length =
      this.#used.length =
      this.#spare.length =
      this.#without.length =
        0;
    this.#free.fill(0);
    this.#current = this.#vacated = NONE;
    this.#next =
      this.#end =
      this.#units =
      this.#usedUnits =
      this.#memory =
        0;
  }

  /** A block of a class from its list, from where no block was, from a larger one, or from a new segment. */
  #take(size: number): number {
    const ref = this.#free[size]!;
    if (ref !== 0) {
      this.#unlink(ref, size);
      return ref;
    }
    const units = unitsOf(size);
    if (this.#next + units > this.#end) {
      const part = this.#cut(size);
      if (part !== 0) return part;
      this.#open(units);
    }
    const made = this.#current << 16 | this.#next;
    this.#next += units;
    return made;
  }

  /** The front of the smallest free block of a larger class; 0 when there is none. */
  #cut(size: number): number {
    for (let larger = size + 1; larger <= LAST_CLASS; larger++) {
      const ref = this.#free[larger]!;
      if (ref === 0) continue;
      this.#unlink(ref, larger);
      this.#leave(ref + unitsOf(size), unitsOf(larger) - unitsOf(size));
      return ref;
    }
    return 0;
  }

  /** Gives a stretch of memory to the lists, in as large blocks as it has. */
  #leave(ref: number, units: number): void {
    for (let left = units; left > 0;) {
      const size = classWithin(left);
      this.#link(ref + units - left, size);
      left -= unitsOf(size);
    }
  }

  /** Makes an empty segment the current one, for a block of so many units. */
  #open(units: number): void {
    const number = this.#spare.pop() ?? this.#addSegment(units);
    const before = this.#current;
    this.#leave(before << 16 | this.#next, this.#end - this.#next);
    this.#current = number;
    this.#next = firstUnit(number);
    this.#end = this.segments[number]!.bytes.length / UNIT;
    this.#used[number] = 0;
    this.#units += this.#end;
    if (this.#used[before] === 0 && this.#vacated === NONE) this.#vacate(); // It was too small for the block.
  }

  /** Makes a segment; nothing has changed when there is no memory for it. */
  #addSegment(units: number): number {
    const { segments } = this;
    if (this.#without.length === 0 && segments.length === MAX_SEGMENTS) {
      throw new RangeError(`Cannot allocate memory: there are ${MAX_SEGMENTS} segments, the limit`);
    }
    let size = MIN_SEGMENT;
    while (size < MAX_SEGMENT && size <= this.#memory || size < (units + 1) * UNIT) size *= 2;
    const number = this.#without.at(-1) ?? segments.length;
    segments[number] = segmentOf(this.#makeBuffer(size, number));
    this.#without.pop();
    this.#memory += size;
    return number;
  }

  /** Whether memory is to be given back: more than half of much is free. */
  #isWasteful(): boolean {
    return this.#units > MIN_VACATED && this.#usedUnits * 2 < this.#units;
  }

  /** Begins to vacate the segment with the most free units, if it is empty, or most of all is free. */
  #vacate(): void {
    let [most, found] = [0, NONE];
    for (const [number, used] of this.#used.entries()) {
      if (used === NONE || number === this.#current) continue;
      const free = this.segments[number]!.bytes.length / UNIT - used;
      if (free > most) [most, found] = [free, number];
    }
    if (found === NONE || this.#used[found] !== 0 && !this.#isWasteful()) return;
    this.#vacated = found;
    this.#look = firstUnit(found);
  }

  /** Makes the segment that was vacated a spare one, or gives its memory away, and looks for another one. */
  #endVacating(number: number): void {
    const { length } = this.segments[number]!.bytes;
    this.#vacated = this.#used[number] = NONE;
    this.#units -= length / UNIT;
    if (length === MAX_SEGMENT && this.#spare.length < MAX_SPARE) this.#spare.push(number);
    else {
      this.segments[number] = NO_MEMORY;
      this.#memory -= length;
      this.#without.push(number);
      this.#onDropped(number);
    }
    this.#vacate();
  }

  /** Marks a block as free and puts it first in the list of its class. */
  #link(ref: number, size: number): void {
    const words = this.#wordsOf(ref);
    const at = (ref & 0xffff) << 2;
    const next = this.#free[size]!;
    words[at] = FREE | size << CLASS_SHIFT;
    words[at + NEXT] = next;
    words[at + BEFORE] = 0;
    if (next !== 0) this.#wordsOf(next)[((next & 0xffff) << 2) + BEFORE] = ref;
    this.#free[size] = ref;
  }

  #unlink(ref: number, size: number): void {
    const words = this.#wordsOf(ref);
    const at = (ref & 0xffff) << 2;
    const next = words[at + NEXT]!;
    const before = words[at + BEFORE]!;
    if (next !== 0) this.#wordsOf(next)[((next & 0xffff) << 2) + BEFORE] = before;
    if (before !== 0) this.#wordsOf(before)[((before & 0xffff) << 2) + NEXT] = next;
    else this.#free[size] = next;
  }

  #wordsOf(ref: number): Int32Array {
    return this.segments[ref >>> 16]!.words;
  }
}

function segmentOf(buffer: ArrayBufferLike): Segment {
  const [bytes, words] = [new Uint8Array(buffer), new Int32Array(buffer)];
  return { bytes, words, doubles: new Float64Array(buffer), view: new DataView(buffer) };
}

/** The first unit of a segment that a block may have: reference 0 is none. */
function firstUnit(number: number): number {
  return number === 0 ? 1 : 0;
}
