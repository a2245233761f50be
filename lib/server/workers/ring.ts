/**
 * Messages from one thread to another, through shared memory.
 *
 * @module
 */

/** How many bytes of messages a ring holds; a power of two. */
export const RING_CAPACITY = 1_048_576;

/** The most bytes behind one message. */
export const MAX_DATA = 65_536;

/** The words of both sides lie on cache lines of their own, before the messages. */
const CONTROL = 128;

/** How much memory a ring takes. */
export const RING_BYTES: number = CONTROL + RING_CAPACITY;

/** Where the reader is, and where the writer is; in words. */
const HEAD = 0;
const TAIL = 16;

/**
 * What stands before the bytes of a message, in words:
 *
 * ```
 *  0       1       2       3       4
 * ┌───────┬───────┬───────┬───────┬────────────────────────┐
 * │ kind  │ id    │ value │ size  │ bytes, filled up to 4n │
 * └───────┴───────┴───────┴───────┴────────────────────────┘
 * ```
 */
const HEADER = 16;

/** Not a message: what is left before the end of the memory. */
const PAD = 0;

/** Small pieces are copied faster by hand: to make a view costs more. */
const BY_HAND = 96;

/** What stands in a ring is no message: the other side has a defect, and cannot be followed any more. */
export class RingError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "RingError";
}

/** A message that was read. */
export interface Message {
  /** What it is; from 1. */
  readonly kind: number;
  /** Which connection it is about. */
  readonly id: number;
  /** A number that goes with it. */
  readonly value: number;
  /** How many bytes go with it. */
  readonly size: number;
}

/**
 * One side of a queue of messages in shared memory, from one thread to one other. A side either pushes, or
 * reads and releases. Neither waits for the other one.
 *
 * @example
 * ```ts ignore
 * const shared = new SharedArrayBuffer(RING_BYTES);
 * const [writer, reader] = [new Ring(shared, 0), new Ring(shared, 0)];
 * writer.push(3, 7, 0, Uint8Array.of(1, 2)); // true
 * while (reader.next()) console.log(reader.kind, reader.id, reader.copy()); // 3, 7, [1, 2]
 * reader.release();
 * ```
 */
export class Ring implements Message {
  kind = 0;
  id = 0;
  value = 0;
  size = 0;
  readonly #control: Int32Array;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  /** Where this side is. It goes on past the capacity, modulo 2^32. */
  #mine = 0;
  /** Where the other side was when this one looked last. */
  #theirs = 0;
  /** Where the bytes of the message are. */
  #at = 0;

  /** One side of the ring that begins at an offset. The memory must be all zeros before either side uses it. */
  constructor(shared: SharedArrayBuffer, offset: number) {
    this.#control = new Int32Array(shared, offset, CONTROL / 4);
    this.#words = new Int32Array(shared, offset + CONTROL, RING_CAPACITY / 4);
    this.#bytes = new Uint8Array(shared, offset + CONTROL, RING_CAPACITY);
  }

  /** Whether there is nothing to read. */
  get isEmpty(): boolean {
    return Atomics.load(this.#control, TAIL) === this.#mine;
  }

  /** Whether half of it is free, as the side sees it that pushes. */
  get isRoomy(): boolean {
    return this.#hasRoom(RING_CAPACITY / 2);
  }

  /**
   * Adds a message, with the first `size` of `data`; does nothing and returns false when there is no room.
   *
   * @throws {RangeError} When it has more than {@linkcode MAX_DATA} bytes.
   */
  push(
    kind: number,
    id: number,
    value: number,
    data?: Uint8Array,
    size = data?.length ?? 0,
  ): boolean {
    if (size > MAX_DATA) throw new RangeError(`Cannot send ${size} bytes in a message`);
    const total = HEADER + rounded(size);
    const position = this.#mine & (RING_CAPACITY - 1);
    const pad = position + total > RING_CAPACITY ? RING_CAPACITY - position : 0;
    if (!this.#hasRoom(pad + total)) return false;
    if (pad > 0) this.#words[position >> 2] = PAD;
    const at = pad > 0 ? 0 : position;
    const word = at >> 2;
    this.#words[word] = kind;
    this.#words[word + 1] = id;
    this.#words[word + 2] = value;
    this.#words[word + 3] = size;
    if (data !== undefined) this.#fill(at + HEADER, data, size);
    this.#mine = (this.#mine + pad + total) | 0;
    Atomics.store(this.#control, TAIL, this.#mine);
    return true;
  }

  /**
   * Reads the next message; false when there is none. What was read is kept until `release`.
   *
   * @throws {RingError} When there is no message where one must be.
   */
  next(): boolean {
    for (;;) {
      if (this.#mine === this.#theirs) {
        this.#theirs = Atomics.load(this.#control, TAIL);
        if (this.#mine === this.#theirs) return false;
      }
      const position = this.#mine & (RING_CAPACITY - 1);
      const word = position >> 2;
      const kind = this.#words[word]!;
      if (kind === PAD) {
        this.#advance(RING_CAPACITY - position);
        continue;
      }
      const size = this.#words[word + 3]!;
      if (kind < 0 || size < 0 || size > MAX_DATA || position + HEADER + size > RING_CAPACITY) {
        throw new RingError(`Cannot read message: kind ${kind} with ${size} bytes at ${position}`);
      }
      this.kind = kind;
      this.id = this.#words[word + 1]!;
      this.value = this.#words[word + 2]!;
      this.size = size;
      this.#at = position + HEADER;
      this.#advance(HEADER + rounded(size));
      return true;
    }
  }

  /** A copy of the bytes of the message, outside of the shared memory. */
  copy(): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(this.size);
    this.copyTo(copy);
    return copy;
  }

  /** Copies the bytes of the message to the start of `room`. */
  copyTo(room: Uint8Array): void {
    const [at, size] = [this.#at, this.size];
    if (size > BY_HAND) room.set(this.#bytes.subarray(at, at + size));
    else for (let i = 0; i < size; i++) room[i] = this.#bytes[at + i]!;
  }

  /** Gives the room of what was read back to the other side. */
  release(): void {
    Atomics.store(this.#control, HEAD, this.#mine);
  }

  #hasRoom(bytes: number): boolean {
    if (((this.#mine + bytes - this.#theirs) | 0) <= RING_CAPACITY) return true;
    this.#theirs = Atomics.load(this.#control, HEAD);
    return ((this.#mine + bytes - this.#theirs) | 0) <= RING_CAPACITY;
  }

  #fill(at: number, data: Uint8Array, size: number): void {
    if (size > BY_HAND) this.#bytes.set(size === data.length ? data : data.subarray(0, size), at);
    else for (let i = 0; i < size; i++) this.#bytes[at + i] = data[i]!;
  }

  /** Goes on by so many bytes, but never past the other side: that would be an endless loop. */
  #advance(bytes: number): void {
    const left = (this.#theirs - this.#mine) | 0;
    if (bytes > left) {
      throw new RingError(`Cannot read message: it has ${bytes} bytes, and ${left} were written`);
    }
    this.#mine = (this.#mine + bytes) | 0;
  }
}

/** Messages begin at whole words. */
function rounded(size: number): number {
  return (size + 3) & ~3;
}
