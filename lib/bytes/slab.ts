/**
 * Memory to read into, carved into views.
 *
 * @module
 */

import { NO_BYTES } from "./no_bytes.ts";

/** How large the blocks of a {@linkcode Slab} are, in bytes. */
export interface SlabOptions {
  /** The block of a connection that is idle or sends little. Default 512. */
  readonly minBlock?: number;
  /** The block of a connection whose reads would fill half of it. Default 131,072. */
  readonly maxBlock?: number;
}

/**
 * A block holds about this many reads of the recent size, so that its end cuts few frames; but for that it is
 * no larger than half of what it may be, so that a connection holds less.
 */
const READS_PER_BLOCK = 8;

/** A block with less room than this part of it is not read into again: reads would get too small. */
const LEAST_ROOM = 1 / 4;

/** The next power of two is computed in 32 bits. */
const MAX_BLOCK = 1_073_741_824;

/**
 * Memory for reads: offers free room, and carves what a read filled into a view.
 *
 * A view is not written to again, so that its holder may keep it, until `rewind` says that nobody does.
 * Consecutive reads usually lie side by side, so that a frame that arrives in two reads is still contiguous.
 * Blocks grow with the reads of a busy connection and shrink when its reads get small again; an idle
 * connection holds `minBlock`.
 *
 * @example
 * ```ts
 * import { Slab } from "@cortado/cortado/bytes";
 * import { assertEquals } from "@std/assert";
 *
 * const slab = new Slab({ minBlock: 64 });
 * slab.free().set([1, 2, 3]);
 * const first = slab.carve(3);
 * slab.free().set([4]);
 * const second = slab.carve(1);
 * assertEquals([...first, ...second], [1, 2, 3, 4]);
 * assertEquals(second.byteOffset, first.byteOffset + 3);
 * ```
 */
export class Slab {
  readonly #min: number;
  readonly #max: number;
  #block: Uint8Array<ArrayBuffer>;
  #used = 0;
  #blocks = 1;
  #rewound = false;
  /** The size of recent reads: rises at once, falls by a quarter of the difference a read. */
  #recent = 0;

  /**
   * Makes a slab with one block of `minBlock` bytes.
   *
   * @throws {RangeError} Unless `1 <= minBlock <= maxBlock <= 2^30`.
   */
  constructor(options: SlabOptions = {}) {
    const { minBlock = 512, maxBlock = 131_072 } = options;
    if (!(minBlock >= 1 && maxBlock >= minBlock && maxBlock <= MAX_BLOCK)) {
      throw new RangeError(
        `Cannot make a slab: minBlock ${minBlock} and maxBlock ${maxBlock} must be in 1 to ${MAX_BLOCK}, minBlock not above maxBlock`,
      );
    }
    this.#min = minBlock;
    this.#max = maxBlock;
    this.#block = new Uint8Array(minBlock);
  }

  /** How many bytes of memory the current block takes. */
  get blockSize(): number {
    return this.#block.length;
  }

  /** How many blocks it has had, with the current one. */
  get blocks(): number {
    return this.#blocks;
  }

  /** Whether there is so little room that the next read would need a new block. */
  get isFull(): boolean {
    const { length } = this.#block;
    return length - this.#used < length * LEAST_ROOM;
  }

  /** Whether to move so many bytes to the front of the block would make much room. */
  isWorthRewinding(waiting: number): boolean {
    const { length } = this.#block;
    return waiting <= length / 2 && this.#used - waiting >= length * LEAST_ROOM;
  }

  /** Whether the current block is this buffer. */
  isIn(buffer: ArrayBufferLike): boolean {
    return buffer === this.#block.buffer;
  }

  /**
   * Makes the current block free again, but for its front, to which it moves `kept`, a view of it; returns
   * where that is then. All other views of the block will be overwritten: nobody may look at them any more.
   *
   * To read 16 KiB requests into the same block again instead of into new ones takes a third less processor
   * time: new memory is zeroed, is in no cache, and is collected as garbage every few thousand requests.
   */
  rewind(kept: Uint8Array = NO_BYTES): Uint8Array<ArrayBuffer> {
    const { length } = kept;
    if (length > 0) this.#block.set(kept);
    this.#used = length;
    this.#rewound = true;
    return new Uint8Array(this.#block.buffer, 0, length);
  }

  /** The room to read into next. Valid until the next call of `carve` or `free`. Never empty. */
  free(): Uint8Array<ArrayBuffer> {
    const { length } = this.#block;
    const wanted = this.#wantedBlock();
    // One that is used again and again needs room for one read only.
    const isSmall = wanted > length && !(this.#rewound && this.#recent <= length);
    if (this.isFull || isSmall || wanted * READS_PER_BLOCK < length) {
      this.#block = new Uint8Array(wanted);
      this.#used = 0;
      this.#blocks++;
      this.#rewound = false;
    }
    return new Uint8Array(this.#block.buffer, this.#used, this.#block.length - this.#used);
  }

  /**
   * The first `count` bytes of the room that `free` offered, as a view that is not overwritten before `rewind`.
   *
   * @throws {RangeError} When `count` is more than was offered.
   */
  carve(count: number): Uint8Array<ArrayBuffer> {
    const room = this.#block.length - this.#used;
    if (!(count >= 0 && count <= room)) {
      throw new RangeError(`Cannot carve ${count} bytes: ${room} were offered`);
    }
    const view = new Uint8Array(this.#block.buffer, this.#used, count);
    this.#used += count;
    // A read that filled its room has more behind it.
    const size = count === room ? 2 * count : count;
    this.#recent = size > this.#recent
      ? size
      : this.#recent - Math.floor((this.#recent - size) / 4);
    return view;
  }

  #wantedBlock(): number {
    const wanted = Math.max(this.#recent, Math.min(this.#recent * READS_PER_BLOCK, this.#max / 2));
    if (wanted >= this.#max) return this.#max;
    // The next power of two, so that a block's size does not follow every small change.
    return Math.min(this.#max, Math.max(this.#min, 1 << (32 - Math.clz32(wanted - 1))));
  }
}
