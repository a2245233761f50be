/**
 * Entries as bytes.
 *
 * @module
 */

import { equals } from "@std/bytes";
import { Arena, CLASS_BITS, CLASS_SHIFT, type Segment } from "./arena.ts";
import { APPEND_GROWTH, appended, copyBetween, copyOf, copyTo } from "./bytes.ts";
import type { StoreContext } from "./context.ts";
import { copyOfPart } from "./copies.ts";
import type { KeyHash } from "./key_hash.ts";
import { Outside } from "./outside.ts";
import { RecordHeaders } from "./record_headers.ts";
import {
  alignedUp,
  classOfRecord,
  EXPIRES,
  EXPIRES_AT,
  EXPIRY,
  firstByte,
  firstDouble,
  firstWord,
  headSize,
  KEY_BITS,
  KEY_OUTSIDE,
  keySizeOf,
  LARGE,
  LENGTH_BITS,
  LINE_WORDS,
  PLACE,
  SHAPE,
  sizeBeforeValue,
  VALUE,
  VALUE_OUTSIDE,
} from "./record_layout.ts";
import type { SharedMemory } from "./shared_memory.ts";
import { bytesOf, classFor } from "./size_classes.ts";

/** GETs of 16 KiB took twice the time when their values were copied eight bytes at a time, and then as one piece. */
const MAX_COPIED = 2_048;

/**
 * Records by reference. What changes the length of a value, or sets an expiry, may move its record: it
 * returns the reference that is good from then on.
 */
export class Records {
  readonly #arena: Arena;
  readonly #outside = new Outside();
  /** Their headers. */
  readonly headers: RecordHeaders;

  /** Makes no records; they are accessed at the times of this context, and may be in shared memory. */
  constructor(context: StoreContext, shared?: SharedMemory) {
    this.#arena = shared === undefined ? new Arena() : new Arena(
      (bytes, number) => shared.makeSegment(bytes, number),
      (number) => shared.dropSegment(number),
    );
    this.headers = new RecordHeaders(this.#arena.segments, context);
  }

  /** How many bytes all take, with what is free among them. */
  get memory(): number {
    return this.#arena.memory + this.#outside.memory;
  }

  /** How many bytes the records take. */
  get used(): number {
    return this.#arena.used + this.#outside.memory;
  }

  /**
   * Makes a record with an empty value, and with room for one of `room` bytes, and for an expiry. It has no
   * expiry, 0 for its version, and its first access.
   */
  create(key: Uint8Array, room: number, expires: boolean): number {
    const shape = keySizeOf(key) | (key.length >= LARGE ? KEY_OUTSIDE : 0) |
      (expires ? EXPIRES : 0);
    const kept = key.length >= LARGE ? copyOf(key) : key;
    const ref = this.#arena.allocate(classOfRecord(sizeBeforeValue(shape), room));
    const { words, bytes } = this.#segmentOf(ref);
    const at = firstWord(ref);
    words[at + SHAPE] = words[at + SHAPE]! | shape;
    this.headers.begin(ref);
    if (expires) this.#clearExpiry(ref);
    const place = firstByte(ref) + headSize(shape);
    if (key.length >= LARGE) words[place >> 2] = this.#outside.add(kept);
    else copyTo(kept, bytes, place);
    return ref;
  }

  /** Takes a record away. */
  remove(ref: number): void {
    const shape = this.#shapeOf(ref);
    if ((shape & KEY_OUTSIDE) !== 0) this.#outside.delete(this.#keyNumber(ref));
    if ((shape & VALUE_OUTSIDE) !== 0) this.#outside.delete(this.#valueNumber(ref));
    this.#arena.free(ref);
  }

  /** Whether there are records to move, so that memory becomes free. */
  get isVacating(): boolean {
    return this.#arena.isVacating;
  }

  /** Looks for a record to move; 0 when it has found none at the first look. */
  nextToMove(): number {
    return this.#arena.nextToMove();
  }

  /** Moves a record to another block; returns where it is then. */
  move(ref: number): number {
    const size = this.#arena.classOf(ref);
    return this.#moveTo(ref, size, bytesOf(size));
  }

  /** How many bytes the block of a record has. */
  blockSizeOf(ref: number): number {
    return bytesOf(this.#arena.classOf(ref));
  }

  /** How many bytes a record takes: its block, and what stands outside. */
  usedBy(ref: number): number {
    const shape = this.#shapeOf(ref);
    const key = (shape & KEY_OUTSIDE) === 0 ? 0 : this.keyOf(ref).buffer.byteLength;
    const value = (shape & VALUE_OUTSIDE) === 0 ? 0 : this.valueOf(ref).buffer.byteLength;
    return this.blockSizeOf(ref) + key + value;
  }

  /** Takes all away, and gives their memory away. */
  clear(): void {
    this.#arena.clear();
    this.#outside.clear();
  }

  /** Whether a record has a key, which is a part of other bytes. */
  hasKey(ref: number, key: Uint8Array, start: number, length: number): boolean {
    const { words, bytes } = this.#segmentOf(ref);
    const shape = words[firstWord(ref) + SHAPE]!;
    if ((shape & KEY_OUTSIDE) !== 0) {
      return equals(this.keyOf(ref), key.subarray(start, start + length));
    }
    if ((shape & KEY_BITS) !== length) return false;
    const place = firstByte(ref) + headSize(shape);
    for (let at = 0; at < length; at++) if (bytes[place + at] !== key[start + at]) return false;
    return true;
  }

  /** Reads something of a record, which is likely to be looked at soon. */
  glance(ref: number): number {
    const { words } = this.#segmentOf(ref);
    const word = firstWord(ref);
    return words[word]! ^ words[word + LINE_WORDS]!;
  }

  /**
   * Copies a value that stands in its record to a place; its length, or -1 when it is outside, does not fit, or is
   * so long that it is better lent.
   */
  copyValue(ref: number, into: DataView, at: number): number {
    const { words, view } = this.#segmentOf(ref);
    const word = firstWord(ref);
    const shape = words[word + SHAPE]!;
    const length = words[word + VALUE]! & LENGTH_BITS;
    const isLong = (shape & VALUE_OUTSIDE) !== 0 || length > MAX_COPIED;
    if (isLong || at + length > into.byteLength) return -1;
    copyBetween(view, firstByte(ref) + sizeBeforeValue(shape), length, into, at);
    return length;
  }

  /** The key of a record: a copy, or an array outside, whose bytes never change. */
  keyOf(ref: number): Uint8Array {
    const shape = this.#shapeOf(ref);
    if ((shape & KEY_OUTSIDE) !== 0) return this.#outside.at(this.#keyNumber(ref));
    const { bytes } = this.#segmentOf(ref);
    return copyOfPart(bytes, firstByte(ref) + headSize(shape), shape & KEY_BITS);
  }

  /** The key of a record, valid until the next write. */
  keyView(ref: number): Uint8Array {
    const shape = this.#shapeOf(ref);
    if ((shape & KEY_OUTSIDE) !== 0) return this.keyOf(ref);
    return this.#viewAt(ref, headSize(shape), shape & KEY_BITS);
  }

  /** The value of a record, valid until the next write. */
  valueView(ref: number): Uint8Array {
    const shape = this.#shapeOf(ref);
    if ((shape & VALUE_OUTSIDE) !== 0) return this.valueOf(ref);
    return this.#viewAt(ref, sizeBeforeValue(shape), this.valueLengthOf(ref));
  }

  #viewAt(ref: number, place: number, length: number): Uint8Array {
    return new Uint8Array(this.#segmentOf(ref).bytes.buffer, firstByte(ref) + place, length);
  }

  /** How many bytes the key has. */
  keyLengthOf(ref: number): number {
    const shape = this.#shapeOf(ref);
    return (shape & KEY_OUTSIDE) === 0 ? shape & KEY_BITS : this.keyOf(ref).length;
  }

  /** The hash of the key. It is not kept, for the index has it: who finds a record by its key knows it. */
  hashOf(ref: number, hash: KeyHash): number {
    const shape = this.#shapeOf(ref);
    if ((shape & KEY_OUTSIDE) !== 0) return hash.of(this.keyOf(ref));
    const place = firstByte(ref) + headSize(shape);
    return hash.ofPart(this.#segmentOf(ref).bytes, place, shape & KEY_BITS);
  }

  /** The value of a record: a copy, or an array outside, whose bytes never change. */
  valueOf(ref: number): Uint8Array {
    const { words, bytes } = this.#segmentOf(ref);
    const at = firstWord(ref);
    const shape = words[at + SHAPE]!;
    if ((shape & VALUE_OUTSIDE) !== 0) return this.#outside.at(this.#valueNumber(ref));
    const place = firstByte(ref) + sizeBeforeValue(shape);
    return copyOfPart(bytes, place, words[at + VALUE]! & LENGTH_BITS);
  }

  /** How many bytes the value has. */
  valueLengthOf(ref: number): number {
    const { words } = this.#segmentOf(ref);
    const at = firstWord(ref);
    if ((words[at + SHAPE]! & VALUE_OUTSIDE) === 0) return words[at + VALUE]! & LENGTH_BITS;
    return this.#outside.at(this.#valueNumber(ref)).length;
  }

  /**
   * Writes a copy of a value, or takes one over that nobody else has; returns where the record is then.
   * Nothing has changed when it throws.
   */
  setValue(ref: number, value: Uint8Array, owned: boolean = false): number {
    if (value.length >= LARGE) return this.#setOutside(ref, owned ? value : copyOf(value));
    const shape = this.#shapeOf(ref);
    const isOutside = (shape & VALUE_OUTSIDE) !== 0;
    const number = isOutside ? this.#valueNumber(ref) : 0;
    const before = sizeBeforeValue(shape);
    const to = this.#resize(ref, classOfRecord(before, value.length), before);
    if (isOutside) {
      this.#outside.delete(number);
      this.#setShape(to, this.#shapeOf(to) & ~VALUE_OUTSIDE);
    }
    this.#writeInside(to, 0, value);
    return to;
  }

  /** Writes a copy of a tail behind the value; returns where the record is then. */
  append(ref: number, tail: Uint8Array): number {
    const shape = this.#shapeOf(ref);
    const length = this.valueLengthOf(ref);
    const whole = length + tail.length;
    if (whole >= LARGE) return this.#setOutside(ref, appended(this.#ownValue(ref), tail));
    const before = sizeBeforeValue(shape);
    const wanted = length === 0 ? whole : Math.min(LARGE, whole * APPEND_GROWTH);
    const to = before + whole <= this.blockSizeOf(ref)
      ? ref
      : this.#resize(ref, classFor(before + wanted), before + length);
    this.#writeInside(to, length, tail);
    return to;
  }

  /** The place in the heap of what expires, from 1; 0 for none. */
  placeOf(ref: number): number {
    const { words } = this.#segmentOf(ref);
    const at = firstWord(ref);
    return (words[at + SHAPE]! & EXPIRES) === 0 ? 0 : words[at + PLACE]!;
  }

  /** Notes the place in the heap of a record that expires. */
  setPlace(ref: number, place: number): void {
    this.#segmentOf(ref).words[firstWord(ref) + PLACE] = place;
  }

  /** When the entry ends. */
  expiresAt(ref: number): number {
    const { words, doubles } = this.#segmentOf(ref);
    const expires = (words[firstWord(ref) + SHAPE]! & EXPIRES) !== 0;
    return expires ? doubles[firstDouble(ref) + EXPIRES_AT]! : Infinity;
  }

  /** Sets when the entry ends; returns where the record is then. Nothing has changed when it throws. */
  setExpiresAt(ref: number, time: number): number {
    const to = this.#addExpiry(ref);
    this.#segmentOf(to).doubles[firstDouble(to) + EXPIRES_AT] = time;
    return to;
  }

  /** Lets the entry stay; it has no place in the heap any more. */
  dropExpiry(ref: number): void {
    const shape = this.#shapeOf(ref);
    if ((shape & EXPIRES) === 0) return;
    const start = firstByte(ref) + headSize(shape);
    const end = firstByte(ref) + this.#sizeOf(ref);
    this.#segmentOf(ref).bytes.copyWithin(start - EXPIRY, start, end);
    this.#setShape(ref, shape & ~EXPIRES);
  }

  #segmentOf(ref: number): Segment {
    return this.#arena.segments[ref >>> 16]!;
  }

  #shapeOf(ref: number): number {
    return this.#segmentOf(ref).words[firstWord(ref) + SHAPE]!;
  }

  #setShape(ref: number, shape: number): void {
    this.#segmentOf(ref).words[firstWord(ref) + SHAPE] = shape;
  }

  /** The number of a key outside. */
  #keyNumber(ref: number): number {
    const place = firstByte(ref) + headSize(this.#shapeOf(ref));
    return this.#segmentOf(ref).words[place >> 2]!;
  }

  /** The number of a value outside. */
  #valueNumber(ref: number): number {
    return this.#segmentOf(ref).words[this.#wordOfValueNumber(ref)]!;
  }

  #wordOfValueNumber(ref: number): number {
    return alignedUp(firstByte(ref) + sizeBeforeValue(this.#shapeOf(ref))) >> 2;
  }

  /** How many bytes of its block a record uses. */
  #sizeOf(ref: number): number {
    const shape = this.#shapeOf(ref);
    const before = sizeBeforeValue(shape);
    return (shape & VALUE_OUTSIDE) === 0 ? before + this.valueLengthOf(ref) : alignedUp(before) + 4;
  }

  /** The value in a buffer of which nothing else has a part. */
  #ownValue(ref: number): Uint8Array {
    const value = this.valueOf(ref);
    return (this.#shapeOf(ref) & VALUE_OUTSIDE) === 0 ? copyOf(value) : value;
  }

  /** Writes bytes from a place of the value on, which end it. */
  #writeInside(ref: number, place: number, value: Uint8Array): void {
    const { words, bytes } = this.#segmentOf(ref);
    const at = firstWord(ref);
    words[at + VALUE] = words[at + VALUE]! & ~LENGTH_BITS | place + value.length;
    copyTo(value, bytes, firstByte(ref) + sizeBeforeValue(words[at + SHAPE]!) + place);
  }

  /** Puts an array outside as the value; returns where the record is then. */
  #setOutside(ref: number, value: Uint8Array): number {
    const shape = this.#shapeOf(ref);
    if ((shape & VALUE_OUTSIDE) !== 0) {
      this.#outside.replace(this.#valueNumber(ref), value);
      return ref;
    }
    const before = sizeBeforeValue(shape);
    const to = this.#resize(ref, classOfRecord(before, LARGE), before);
    this.#segmentOf(to).words[this.#wordOfValueNumber(to)] = this.#outside.add(value);
    this.#setShape(to, this.#shapeOf(to) | VALUE_OUTSIDE);
    return to;
  }

  /** Gives a record the part of those that expire, if it has none; returns where it is then. */
  #addExpiry(ref: number): number {
    const shape = this.#shapeOf(ref);
    if ((shape & EXPIRES) !== 0) return ref;
    const size = this.#sizeOf(ref);
    const fits = size + EXPIRY <= this.blockSizeOf(ref);
    const to = fits ? ref : this.#moveTo(ref, classFor(size + EXPIRY), size);
    const start = firstByte(to) + headSize(shape);
    this.#segmentOf(to).bytes.copyWithin(start + EXPIRY, start, firstByte(to) + size);
    this.#setShape(to, this.#shapeOf(to) | EXPIRES);
    this.#clearExpiry(to);
    return to;
  }

  #clearExpiry(ref: number): void {
    const { words, doubles } = this.#segmentOf(ref);
    words[firstWord(ref) + PLACE] = 0;
    doubles[firstDouble(ref) + EXPIRES_AT] = Infinity;
  }

  /** Gives a record a block of a class, if it has another one, with the first `used` bytes of its block. */
  #resize(ref: number, size: number, used: number): number {
    return size === this.#arena.classOf(ref) ? ref : this.#moveTo(ref, size, used);
  }

  /** Moves a record to a new block; nothing has changed when there is no memory for it. */
  #moveTo(ref: number, size: number, used: number): number {
    const shape = this.#shapeOf(ref);
    const to = this.#arena.allocate(size);
    const start = firstByte(ref);
    const moved = this.#segmentOf(ref).bytes.subarray(start, start + used);
    this.#segmentOf(to).bytes.set(moved, firstByte(to));
    this.#setShape(to, shape & ~(CLASS_BITS << CLASS_SHIFT) | size << CLASS_SHIFT);
    this.#arena.free(ref);
    return to;
  }
}
