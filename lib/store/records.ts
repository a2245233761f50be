/**
 * Entries as bytes.
 *
 * @module
 */

import { equals } from "@std/bytes";
import { Arena, CLASS_BITS, CLASS_SHIFT, type Segment } from "./arena.ts";
import { APPEND_GROWTH, appended, copyOf, copyTo } from "./bytes.ts";
import { copyOfPart } from "./copies.ts";
import type { Encoding } from "./entry.ts";
import { Outside } from "./outside.ts";
import { bytesOf, classFor } from "./size_classes.ts";

/** A key or a value of so many bytes stands outside of its record. */
export const LARGE = 32_768;

// A record is a block of the arena: a header, the key and the value.

/** The places of the words in the header... */
const SHAPE = 0;
const HASH = 1;
/** ...of its doubles... */
const EXPIRES_AT = 1;
const VERSION = 2;
const ACCESSED_AT = 3;
/** ...and of the last words. First how many bytes the value has; its number when it stands outside. */
const VALUE = 8;
const PLACE = 9;
const HEADER = 40;

// The shape: 16 bits for what the key takes in the record, 8 for the class of the block (which the arena
// has there), and these; the sign is the arena's.

const KEY_BITS = 0xffff;
/** The key stands outside; in the record is its number. */
const KEY_OUTSIDE = 1 << 24;
const VALUE_OUTSIDE = 1 << 25;
const ENCODING_SHIFT = 26;
const ENCODING_BITS = 3;
const NUMBER_BYTES = 4;

const ENCODINGS: readonly Encoding[] = ["auto", "embstr", "raw"];

/**
 * Records by reference. What changes the length of a value may move its record: it returns the reference
 * that is good from then on.
 */
export class Records {
  readonly #arena = new Arena();
  readonly #outside = new Outside();

  /** How many bytes all take, with what is free among them. */
  get memory(): number {
    return this.#arena.memory + this.#outside.memory;
  }

  /**
   * Makes a record with an empty value, and with room for one of `room` bytes. It has no expiry, and 0 for
   * version and access.
   */
  create(hash: number, key: Uint8Array, room: number): number {
    const isLarge = key.length >= LARGE;
    const keySize = isLarge ? NUMBER_BYTES : key.length;
    const kept = isLarge ? copyOf(key) : key;
    const ref = this.#arena.allocate(classFor(HEADER + keySize + (room < LARGE ? room : 0)));
    const { words, bytes, doubles } = this.#segmentOf(ref);
    const at = firstWord(ref);
    words[at + SHAPE] = words[at + SHAPE]! | keySize | (isLarge ? KEY_OUTSIDE : 0);
    words[at + HASH] = hash;
    words[at + PLACE] = words[at + VALUE] = 0;
    doubles[firstDouble(ref) + EXPIRES_AT] = Infinity;
    doubles[firstDouble(ref) + VERSION] = doubles[firstDouble(ref) + ACCESSED_AT] = 0;
    if (isLarge) words[at + HEADER / 4] = this.#outside.add(kept);
    else copyTo(kept, bytes, bodyOf(ref));
    return ref;
  }

  /** Takes a record away. */
  remove(ref: number): void {
    const { words } = this.#segmentOf(ref);
    const at = firstWord(ref);
    const shape = words[at + SHAPE]!;
    if ((shape & KEY_OUTSIDE) !== 0) this.#outside.delete(words[at + HEADER / 4]!);
    if ((shape & VALUE_OUTSIDE) !== 0) this.#outside.delete(words[at + VALUE]!);
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

  /** Takes all away, and gives their memory away. */
  clear(): void {
    this.#arena.clear();
    this.#outside.clear();
  }

  /** Whether a record has a key. */
  hasKey(ref: number, key: Uint8Array): boolean {
    const { words, bytes } = this.#segmentOf(ref);
    const shape = words[firstWord(ref) + SHAPE]!;
    if ((shape & KEY_OUTSIDE) !== 0) return equals(this.#outsideKey(ref), key);
    if ((shape & KEY_BITS) !== key.length) return false;
    const body = bodyOf(ref);
    for (let at = 0; at < key.length; at++) if (bytes[body + at] !== key[at]) return false;
    return true;
  }

  /** The key of a record: a copy, or an array outside, whose bytes never change. */
  keyOf(ref: number): Uint8Array {
    const { bytes } = this.#segmentOf(ref);
    const shape = this.#shapeOf(ref);
    if ((shape & KEY_OUTSIDE) !== 0) return this.#outsideKey(ref);
    return copyOfPart(bytes, bodyOf(ref), shape & KEY_BITS);
  }

  /** The key of a record, valid until the next write. */
  keyView(ref: number): Uint8Array {
    const { bytes } = this.#segmentOf(ref);
    const shape = this.#shapeOf(ref);
    if ((shape & KEY_OUTSIDE) !== 0) return this.#outsideKey(ref);
    return new Uint8Array(bytes.buffer, bodyOf(ref), shape & KEY_BITS);
  }

  /** The value of a record, valid until the next write. */
  valueView(ref: number): Uint8Array {
    const { words, bytes } = this.#segmentOf(ref);
    const at = firstWord(ref);
    const shape = words[at + SHAPE]!;
    const value = words[at + VALUE]!;
    if ((shape & VALUE_OUTSIDE) !== 0) return this.#outside.at(value);
    return new Uint8Array(bytes.buffer, bodyOf(ref) + (shape & KEY_BITS), value);
  }

  /** How many bytes the key has. */
  keyLengthOf(ref: number): number {
    const shape = this.#shapeOf(ref);
    return (shape & KEY_OUTSIDE) === 0 ? shape & KEY_BITS : this.#outsideKey(ref).length;
  }

  /** The value of a record: a copy, or an array outside, whose bytes never change. */
  valueOf(ref: number): Uint8Array {
    const { words, bytes } = this.#segmentOf(ref);
    const at = firstWord(ref);
    const shape = words[at + SHAPE]!;
    const value = words[at + VALUE]!;
    if ((shape & VALUE_OUTSIDE) !== 0) return this.#outside.at(value);
    return copyOfPart(bytes, bodyOf(ref) + (shape & KEY_BITS), value);
  }

  /** How many bytes the value has. */
  valueLengthOf(ref: number): number {
    const value = this.#segmentOf(ref).words[firstWord(ref) + VALUE]!;
    return (this.#shapeOf(ref) & VALUE_OUTSIDE) === 0 ? value : this.#outside.at(value).length;
  }

  /** Writes a copy of a value; returns where the record is then. Nothing has changed when it throws. */
  setValue(ref: number, value: Uint8Array): number {
    if (value.length >= LARGE) return this.#setOutside(ref, copyOf(value));
    const keySize = this.#shapeOf(ref) & KEY_BITS;
    const to = this.#resize(ref, classFor(HEADER + keySize + value.length), HEADER + keySize);
    this.#dropOutside(to);
    this.#writeInside(to, 0, value);
    return to;
  }

  /** Writes a copy of a tail behind the value; returns where the record is then. */
  append(ref: number, tail: Uint8Array): number {
    const shape = this.#shapeOf(ref);
    const before = this.valueLengthOf(ref);
    const length = before + tail.length;
    if (length >= LARGE) return this.#setOutside(ref, appended(this.#ownValue(ref), tail));
    const used = HEADER + (shape & KEY_BITS) + before;
    const room = bytesOf(shape >>> CLASS_SHIFT & CLASS_BITS);
    const wanted = before === 0 ? length : Math.min(LARGE, length * APPEND_GROWTH);
    const to = used + tail.length <= room
      ? ref
      : this.#resize(ref, classFor(used - before + wanted), used);
    this.#writeInside(to, before, tail);
    return to;
  }

  /** The hash of the key. */
  hashOf(ref: number): number {
    return this.#segmentOf(ref).words[firstWord(ref) + HASH]!;
  }

  /** The place in the heap of what expires, from 1; 0 for none. */
  placeOf(ref: number): number {
    return this.#segmentOf(ref).words[firstWord(ref) + PLACE]!;
  }

  /** Notes the place in the heap. */
  setPlace(ref: number, place: number): void {
    this.#segmentOf(ref).words[firstWord(ref) + PLACE] = place;
  }

  /** How the value came to be. */
  encodingOf(ref: number): Encoding {
    return ENCODINGS[this.#shapeOf(ref) >>> ENCODING_SHIFT & ENCODING_BITS]!;
  }

  /** When the entry ends. */
  expiresAt(ref: number): number {
    return this.#segmentOf(ref).doubles[firstDouble(ref) + EXPIRES_AT]!;
  }

  /** Sets when the entry ends. */
  setExpiresAt(ref: number, time: number): void {
    this.#segmentOf(ref).doubles[firstDouble(ref) + EXPIRES_AT] = time;
  }

  /** The version. */
  versionOf(ref: number): number {
    return this.#segmentOf(ref).doubles[firstDouble(ref) + VERSION]!;
  }

  /** When the entry was last read or written. */
  accessedAt(ref: number): number {
    return this.#segmentOf(ref).doubles[firstDouble(ref) + ACCESSED_AT]!;
  }

  /** Notes an access. */
  setAccessedAt(ref: number, time: number): void {
    this.#segmentOf(ref).doubles[firstDouble(ref) + ACCESSED_AT] = time;
  }

  /** Notes a write. */
  setVersion(ref: number, version: number): void {
    this.#segmentOf(ref).doubles[firstDouble(ref) + VERSION] = version;
  }

  /** Notes how the value came to be. */
  setEncoding(ref: number, encoding: Encoding): void {
    const shape = this.#shapeOf(ref) & ~(ENCODING_BITS << ENCODING_SHIFT);
    this.#setShape(ref, shape | ENCODINGS.indexOf(encoding) << ENCODING_SHIFT);
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

  #outsideKey(ref: number): Uint8Array {
    return this.#outside.at(this.#segmentOf(ref).words[firstWord(ref) + HEADER / 4]!);
  }

  /** The value in a buffer of which nothing else has a part. */
  #ownValue(ref: number): Uint8Array {
    const value = this.valueOf(ref);
    return (this.#shapeOf(ref) & VALUE_OUTSIDE) === 0 ? copyOf(value) : value;
  }

  /** Writes bytes from a place of the value on, which end it. */
  #writeInside(ref: number, place: number, value: Uint8Array): void {
    const { words, bytes } = this.#segmentOf(ref);
    words[firstWord(ref) + VALUE] = place + value.length;
    copyTo(value, bytes, bodyOf(ref) + (this.#shapeOf(ref) & KEY_BITS) + place);
  }

  /** Puts an array outside as the value; returns where the record is then. */
  #setOutside(ref: number, value: Uint8Array): number {
    const shape = this.#shapeOf(ref);
    const number = this.#segmentOf(ref).words[firstWord(ref) + VALUE]!;
    if ((shape & VALUE_OUTSIDE) !== 0) {
      this.#outside.replace(number, value);
      return ref;
    }
    const inside = HEADER + (shape & KEY_BITS);
    const to = this.#resize(ref, classFor(inside), inside);
    this.#segmentOf(to).words[firstWord(to) + VALUE] = this.#outside.add(value);
    this.#setShape(to, this.#shapeOf(to) | VALUE_OUTSIDE);
    return to;
  }

  /** Drops the value if it stands outside; it is empty then. */
  #dropOutside(ref: number): void {
    const shape = this.#shapeOf(ref);
    if ((shape & VALUE_OUTSIDE) === 0) return;
    const { words } = this.#segmentOf(ref);
    this.#outside.delete(words[firstWord(ref) + VALUE]!);
    words[firstWord(ref) + VALUE] = 0;
    this.#setShape(ref, shape & ~VALUE_OUTSIDE);
  }

  /** Gives a record a block of a class, if it has another one, with the first `used` bytes of its block. */
  #resize(ref: number, size: number, used: number): number {
    return size === this.#arena.classOf(ref) ? ref : this.#moveTo(ref, size, used);
  }

  /** Moves a record to a new block; nothing has changed when there is no memory for it. */
  #moveTo(ref: number, size: number, used: number): number {
    const shape = this.#shapeOf(ref);
    const to = this.#arena.allocate(size);
    const words = this.#segmentOf(ref).words.subarray(
      firstWord(ref),
      firstWord(ref) + (used + 3 >>> 2),
    );
    this.#segmentOf(to).words.set(words, firstWord(to));
    this.#setShape(to, shape & ~(CLASS_BITS << CLASS_SHIFT) | size << CLASS_SHIFT);
    this.#arena.free(ref);
    return to;
  }
}

function firstWord(ref: number): number {
  return (ref & 0xffff) << 2;
}

function firstDouble(ref: number): number {
  return (ref & 0xffff) << 1;
}

/** Where the bytes of the key begin. */
function bodyOf(ref: number): number {
  return ((ref & 0xffff) << 4) + HEADER;
}
