/** A file in memory, which knows what of it a loss of power would leave. */

import { assert } from "@std/assert";
import type { Random } from "../../random.ts";

/** What a disk writes whole or not at all, in bytes. */
const SECTOR = 512;

/** A write, or a cut when it has no bytes. */
interface Change {
  readonly place: number;
  readonly bytes?: Uint8Array;
  /** Whether a sync has failed with it: the system holds it for clean, and no later sync writes it. */
  forgotten: boolean;
}

/** Bytes that grow. */
class Content {
  #bytes = new Uint8Array(256);
  length = 0;

  get view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  write(place: number, bytes: Uint8Array): void {
    this.extend(place + bytes.length);
    this.#bytes.set(bytes, place);
  }

  /** Makes it so long at least, with zeros. */
  extend(length: number): void {
    if (length <= this.length) return;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      grown.set(this.view);
      this.#bytes = grown;
    }
    this.length = length;
  }

  cut(length: number): void {
    if (length >= this.length) return;
    this.#bytes.fill(0, length, this.length);
    this.length = length;
  }

  clone(): Content {
    const other = new Content();
    other.write(0, this.view);
    return other;
  }
}

/** A file, whatever name it has. */
export class MemoryFile {
  /** What a process sees, and what is on stable storage. */
  #seen = new Content();
  #stable = new Content();
  /** What is not on stable storage, in order. */
  #changes: Change[] = [];

  /** Makes a file that is on stable storage. */
  static of(bytes: Uint8Array): MemoryFile {
    const file = new MemoryFile();
    file.#seen.write(0, bytes);
    file.#stable.write(0, bytes);
    return file;
  }

  /** What a process sees. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#seen.view;
  }

  /** Writes at the end. */
  append(bytes: Uint8Array): void {
    const change = { place: this.#seen.length, bytes: bytes.slice(), forgotten: false };
    apply(this.#seen, change);
    this.#changes.push(change);
  }

  /** Cuts it to a length. */
  cut(length: number): void {
    assert(length <= this.#seen.length, "a journal is never made longer than it is");
    const change = { place: length, forgotten: false };
    apply(this.#seen, change);
    this.#changes.push(change);
  }

  /** Begins a sync; what is returned ends it: all that was written before it began is stable, or forgotten. */
  sync(): (done: boolean) => void {
    const synced = new Set(this.#changes.filter(({ forgotten }) => !forgotten));
    return (done) => {
      for (const change of synced) {
        if (done) apply(this.#stable, change);
        else change.forgotten = true;
      }
      if (done) this.#changes = this.#changes.filter((change) => !synced.has(change));
    };
  }

  /** The same file for another process. */
  clone(): MemoryFile {
    const other = new MemoryFile();
    other.#seen = this.#seen.clone();
    other.#stable = this.#stable.clone();
    other.#changes = this.#changes.map((change) => ({ ...change }));
    return other;
  }

  /** The file after a loss of power. */
  crashed(random: Random): MemoryFile {
    const left = this.#stable.clone();
    const manner = random.below(4);
    for (const change of this.#changes) {
      if (manner === 0) continue;
      if (manner === 1) apply(left, change);
      else survive(left, change, random);
    }
    return MemoryFile.of(left.view);
  }
}

function apply(content: Content, { place, bytes }: Change): void {
  if (bytes === undefined) content.cut(place);
  else content.write(place, bytes);
}

/** What a loss of power leaves of a change: all, nothing, zeros, its beginning, or some sectors. */
function survive(content: Content, change: Change, random: Random): void {
  const { place, bytes } = change;
  const choice = random.below(5);
  if (choice === 0) return;
  if (choice === 1 || bytes === undefined) return apply(content, change);
  if (choice === 2) return content.write(place, bytes.subarray(0, random.below(bytes.length + 1)));
  content.extend(place + bytes.length);
  if (choice === 3) return;
  for (let from = place; from < place + bytes.length;) {
    const to = Math.min(place + bytes.length, (Math.floor(from / SECTOR) + 1) * SECTOR);
    if (random.once(2)) content.write(from, bytes.subarray(from - place, to - place));
    from = to;
  }
}
