import type { Socket } from "../../lib/server/mod.ts";
import { concat } from "@std/bytes";
import { parseReplies, wordOf } from "./frames.ts";

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  /** What was written and taken. */
  readonly sent: Uint8Array[] = [];
  closed = 0;
  writeEnded = false;
  readonly #incoming: (Uint8Array | null)[] = [];
  #reader: PromiseWithResolvers<void> | undefined = undefined;
  /** While this is set, writes wait for it. */
  gate: Promise<void> | undefined = undefined;

  /** Gives bytes to be read; null is the end. */
  give(...parts: (Uint8Array | null)[]): void {
    this.#incoming.push(...parts);
    this.#reader?.resolve();
  }

  /** How many parts were given and not read. */
  get left(): number {
    return this.#incoming.length;
  }

  async read(room: Uint8Array): Promise<number | null> {
    while (this.#incoming.length === 0) {
      this.#checkOpen();
      this.#reader ??= Promise.withResolvers();
      await this.#reader.promise;
      this.#reader = undefined;
    }
    const part = this.#incoming[0]!;
    if (part === null) return null;
    const taken = part.subarray(0, room.length);
    room.set(taken);
    if (taken.length < part.length) this.#incoming[0] = part.subarray(taken.length);
    else this.#incoming.shift();
    return taken.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.#checkOpen();
    const copy = bytes.slice();
    await this.gate;
    this.#checkOpen();
    this.sent.push(copy);
    return copy.length;
  }

  closeWrite(): Promise<void> {
    this.writeEnded = true;
    return Promise.resolve();
  }

  close(): void {
    this.closed++;
    this.#reader?.resolve();
  }

  /** All that was sent, in words. */
  get words(): string[] {
    return parseReplies(concat(this.sent)).map(wordOf);
  }

  #checkOpen(): void {
    if (this.closed > 0) throw new Deno.errors.BadResource("closed");
  }
}
