/**
 * What expires next.
 *
 * @module
 */

/** What keeps the places of references in an {@linkcode ExpiryHeap}. */
export interface Places {
  /** The place of a reference, from 1; 0 when it is in no heap. */
  placeOf(ref: number): number;
  /** Notes the place of a reference. */
  setPlace(ref: number, place: number): void;
}

/** A chunk has so many places, the first one fewer to begin with: it grows to that. */
const CHUNK_BITS = 12;
const CHUNK = 1 << CHUNK_BITS;
const MIN_ROOM = 64;

/** How many bytes a place takes. */
export const PLACE_BYTES: number = Int32Array.BYTES_PER_ELEMENT + Float64Array.BYTES_PER_ELEMENT;

/** A stretch of places: what is there, and when it expires, so that no entry is looked at to compare two. */
interface Chunk {
  readonly refs: Int32Array;
  readonly times: Float64Array;
}

/**
 * A binary heap of references, what expires next on top: each change costs a few steps, whatever else there
 * is, and what has expired is found without looking at what has not. It stands in chunks: no change waits
 * until all of it has been copied to where there is more room.
 */
export class ExpiryHeap {
  readonly #places: Places;
  /** By place, from 1: each one expires no earlier than the one at half its place. */
  readonly #chunks: Chunk[] = [];
  #room = 0;
  #size = 0;

  /** Makes an empty heap, which takes no memory. */
  constructor(places: Places) {
    this.#places = places;
  }

  /** How many references there are. */
  get size(): number {
    return this.#size;
  }

  /** How many bytes they take. */
  get memory(): number {
    return this.#room * PLACE_BYTES;
  }

  /** What expires next; 0 when there is nothing. */
  get next(): number {
    return this.#size === 0 ? 0 : this.#refAt(1);
  }

  /** When the next one expires; `Infinity` when there is none. */
  get nextTime(): number {
    return this.#size === 0 ? Infinity : this.#timeAt(1);
  }

  /** Adds a reference, or moves it to another time. */
  update(ref: number, time: number): void {
    const known = this.#places.placeOf(ref);
    if (known === 0) this.reserve();
    const place = known || ++this.#size;
    this.#sink(ref, time, this.#rise(ref, time, place));
  }

  /** Makes room for one more reference, so that there is memory for it when it is added. */
  reserve(): void {
    if (this.#size + 1 >= this.#room) this.#grow();
  }

  /** Notes that what has a place is another reference now. */
  rename(place: number, ref: number): void {
    this.#chunks[place >>> CHUNK_BITS]!.refs[place & CHUNK - 1] = ref;
  }

  /** Takes a reference out; nothing happens when it is not in the heap. */
  remove(ref: number): void {
    const place = this.#places.placeOf(ref);
    if (place === 0) return;
    const last = this.#refAt(this.#size);
    const time = this.#timeAt(this.#size);
    this.#size--;
    this.#places.setPlace(ref, 0);
    if (last !== ref) this.#sink(last, time, this.#rise(last, time, place));
    if (this.#size < this.#room - 2 * CHUNK) this.#shrink();
  }

  /** Any reference, each as likely as another; 0 when there is none. */
  random(random: () => number): number {
    return this.#size === 0 ? 0 : this.#refAt(1 + Math.floor(random() * this.#size));
  }

  /** Takes all out, and gives the memory away; their places mean nothing then. */
  clear(): void {
    this.#chunks.length = this.#room = this.#size = 0;
  }

  /** Moves a reference from `place` towards the top as far as it belongs; returns where it is then. */
  #rise(ref: number, time: number, place: number): number {
    let at = place;
    while (at > 1) {
      const above = at >>> 1;
      if (this.#timeAt(above) <= time) break;
      this.#put(this.#refAt(above), this.#timeAt(above), at);
      at = above;
    }
    this.#put(ref, time, at);
    return at;
  }

  /** Moves a reference from `place` away from the top as far as it belongs. */
  #sink(ref: number, time: number, place: number): void {
    let at = place;
    for (let below = 2 * at; below <= this.#size; below = 2 * at) {
      if (below < this.#size && this.#timeAt(below + 1) < this.#timeAt(below)) below++;
      if (this.#timeAt(below) >= time) break;
      this.#put(this.#refAt(below), this.#timeAt(below), at);
      at = below;
    }
    this.#put(ref, time, at);
  }

  #put(ref: number, time: number, place: number): void {
    const { refs, times } = this.#chunks[place >>> CHUNK_BITS]!;
    refs[place & CHUNK - 1] = ref;
    times[place & CHUNK - 1] = time;
    this.#places.setPlace(ref, place);
  }

  #refAt(place: number): number {
    return this.#chunks[place >>> CHUNK_BITS]!.refs[place & CHUNK - 1]!;
  }

  #timeAt(place: number): number {
    return this.#chunks[place >>> CHUNK_BITS]!.times[place & CHUNK - 1]!;
  }

  /** Makes the first chunk larger, or adds one. */
  #grow(): void {
    const room = this.#room < CHUNK ? Math.max(MIN_ROOM, this.#room * 2) : CHUNK;
    const chunk = { refs: new Int32Array(room), times: new Float64Array(room) };
    const first = this.#chunks[0];
    if (this.#room < CHUNK) {
      chunk.refs.set(first?.refs ?? []);
      chunk.times.set(first?.times ?? []);
      this.#chunks[0] = chunk;
      this.#room = room;
    } else {
      this.#chunks.push(chunk);
      this.#room += CHUNK;
    }
  }

  #shrink(): void {
    this.#chunks.pop();
    this.#room -= CHUNK;
  }
}
