import { Databases } from "../../lib/store/mod.ts";
import { Random } from "../random.ts";
import { assertEquals, assertGreater } from "@std/assert";
import { keyOf, MAX_VALUE, PAIRS, SINGLES, valueOf } from "./pairs.ts";
import type { Seen, ToWorker } from "./reader_worker.ts";

const READERS = 2;
const READS = 600_000;
/** So many changes between two turns of the event loop, in which the readers may say that they are done. */
const CHUNK = 50;
/** Between two changes the owner looks up so many entries, as a server has other work as well. */
const LOOKS = 40;

/** Writes what the readers read. */
class Writer {
  readonly databases = new Databases({ count: 2, shared: true });
  readonly #random = new Random(1);
  #counter = 0;

  /** Makes some changes. */
  write(): void {
    for (let i = 0; i < CHUNK; i++) {
      this.#change();
      const store = this.databases.at(0);
      for (let look = 0; look < LOOKS; look++) store.get(keyOf(this.#random.below(2 * PAIRS)));
    }
  }

  #change(): void {
    const random = this.#random;
    this.#counter++;
    if (random.once(2_000)) return this.databases.clear();
    if (random.once(2)) return this.#writePair(2 * random.below(PAIRS));
    const number = 2 * PAIRS + random.below(SINGLES);
    // They become many, then few: the table grows and shrinks, and memory is given away.
    if (this.#counter % 20_000 < 10_000) this.#set(number);
    else for (let i = 0; i < 4; i++) this.#delete(2 * PAIRS + random.below(SINGLES));
  }

  #writePair(pair: number): void {
    const { sections } = this.databases;
    sections!.begin();
    const first = this.#random.below(2);
    if (this.#random.once(8)) this.#delete(pair + first);
    this.#set(pair + first);
    this.#set(pair + 1 - first);
    sections!.end();
  }

  #set(number: number): void {
    const words = 2 + this.#random.below(this.#random.once(4) ? MAX_VALUE / 4 - 2 : 30);
    this.databases.at(0).set(keyOf(number), valueOf(number, this.#counter, words));
  }

  #delete(number: number): void {
    this.databases.at(0).delete(keyOf(number));
  }
}

/** A worker that reads, and what it has seen in the end. */
function startReader(databases: Databases, seed: number) {
  const url = new URL("./reader_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const send = (message: ToWorker) => worker.postMessage(message);
  const ready = Promise.withResolvers<void>();
  const done = Promise.withResolvers<Seen>();
  worker.onmessage = ({ data }: MessageEvent<Seen | "ready">) => {
    if (data === "ready") ready.resolve();
    else done.resolve(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    ready.reject(event.error ?? new Error(event.message));
    done.reject(event.error ?? new Error(event.message));
  };
  send({ databases: databases.shared!, seed });
  return { worker, send, ready: ready.promise, done: done.promise };
}

Deno.test({
  name: "StoreReader in two threads sees no value torn, no pair apart and no time go back",
  permissions: { read: true },
  async fn() {
    const writer = new Writer();
    const readers = Array.from(
      { length: READERS },
      (_, seed) => startReader(writer.databases, seed),
    );
    try {
      writer.databases.sections!.onShared = (news) => {
        for (const { send } of readers) send({ news });
      };
      await Promise.all(readers.map(({ ready }) => ready));
      for (const { send } of readers) send({ reads: READS });
      let isDone = false;
      const done = Promise.all(readers.map(({ done }) => done)).finally(() => isDone = true);
      const turn = new MessageChannel();
      while (!isDone) {
        writer.write();
        await new Promise((resolve) => {
          turn.port1.onmessage = resolve;
          turn.port2.postMessage(undefined);
        });
      }
      for (const port of [turn.port1, turn.port2]) port.close();
      for (const seen of await done) {
        assertEquals(seen.wrong, []);
        assertGreater(seen.answered, READS / 2);
        assertGreater(seen.answered - seen.missed, READS / 4);
        assertGreater(seen.changes, 1_000);
      }
    } finally {
      for (const { worker } of readers) worker.terminate();
    }
  },
});
