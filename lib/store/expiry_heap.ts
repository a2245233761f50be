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

const MIN_ROOM = 64;

/**
 * A binary heap of references, what expires next on top: each change costs a few steps, whatever else there
 * is, and what has expired is found without looking at what has not.
 */
export class ExpiryHeap {
  readonly #places: Places;
  /** By place, from 1: each one expires no earlier than the one at half its place. */
  #refs = new Int32Array(0);
  /** When each one expires, beside it: to compare two, no entry is looked at. */
  #times = new Float64Array(0);
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
    return this.#refs.byteLength + this.#times.byteLength;
  }

  /** What expires next; 0 when there is nothing. */
  get next(): number {
    return this.#size === 0 ? 0 : this.#refs[1]!;
  }

  /** When the next one expires; `Infinity` when there is none. */
  get nextTime(): number {
    return this.#size === 0 ? Infinity : this.#times[1]!;
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
    if (this.#size + 1 >= this.#refs.length) this.#grow();
  }

  /** Notes that what has a place is another reference now. */
  rename(place: number, ref: number): void {
    this.#refs[place] = ref;
  }

  /** Takes a reference out; nothing happens when it is not in the heap. */
  remove(ref: number): void {
    const place = this.#places.placeOf(ref);
    if (place === 0) return;
    const last = this.#refs[this.#size]!;
    const time = this.#times[this.#size]!;
    this.#size--;
    this.#places.setPlace(ref, 0);
    if (last !== ref) this.#sink(last, time, this.#rise(last, time, place));
  }

  /** Any reference, each as likely as another; 0 when there is none. */
  random(): number {
    return this.#size === 0 ? 0 : this.#refs[1 + Math.floor(Math.random() * this.#size)]!;
  }

  /** Takes all out, and gives the memory away; their places mean nothing then. */
  clear(): void {
    this.#refs = new Int32Array(0);
    this.#times = new Float64Array(0);
    this.#size = 0;
  }

  /** Moves a reference from `place` towards the top as far as it belongs; returns where it is then. */
  #rise(ref: number, time: number, place: number): number {
    let at = place;
    while (at > 1) {
      const above = at >>> 1;
      if (this.#times[above]! <= time) break;
      this.#put(this.#refs[above]!, this.#times[above]!, at);
      at = above;
    }
    this.#put(ref, time, at);
    return at;
  }

  /** Moves a reference from `place` away from the top as far as it belongs. */
  #sink(ref: number, time: number, place: number): void {
    const times = this.#times;
    let at = place;
    for (let below = 2 * at; below <= this.#size; below = 2 * at) {
      if (below < this.#size && times[below + 1]! < times[below]!) below++;
      if (times[below]! >= time) break;
      this.#put(this.#refs[below]!, times[below]!, at);
      at = below;
    }
    this.#put(ref, time, at);
  }

  #put(ref: number, time: number, place: number): void {
    this.#refs[place] = ref;
    this.#times[place] = time;
    this.#places.setPlace(ref, place);
  }

  #grow(): void {
    const room = Math.max(MIN_ROOM, this.#refs.length * 2);
    const [refs, times] = [new Int32Array(room), new Float64Array(room)];
    refs.set(this.#refs);
    times.set(this.#times);
    [this.#refs, this.#times] = [refs, times];
  }
}
