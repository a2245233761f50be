import { assert, assertEquals, assertRejects } from "@std/assert";
import { JournalError, type LoadProgress } from "../../../lib/store/mod.ts";
import { load } from "../../../lib/store/journal/load.ts";
import { utf8 } from "../../codec/helpers.ts";
import { newDatabases, openOn, START } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `load ${name}`, permissions: "none", fn });
}

const FIRST = "journal-00000001.cafe";
const SECOND = "journal-00000002.cafe";
const KEY = utf8("k");

/** A disk with a snapshot whose journal has requests of two changes behind one of one change. */
async function withPairs(pairs: number): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const { databases, journal } = await openOn(disk);
  databases.at(0).set(KEY, KEY);
  journal.endGroup();
  for (let pair = 0; pair < pairs; pair++) {
    databases.at(0).set(KEY, KEY);
    databases.at(1).set(KEY, KEY);
    journal.endGroup();
  }
  await journal.close();
  return disk;
}

test("tells how far it is, also when requests have several changes", async () => {
  const disk = await withPairs(20_000);
  const told: LoadProgress[] = [];
  const onProgress = (progress: LoadProgress) => Promise.resolve(void told.push(progress));
  const { records } = await load(disk, newDatabases({ now: START }), onProgress);
  assert(told.length >= 3, `told ${told.length} times`);
  const total = disk.files()[FIRST]!.length;
  assertEquals(told.at(-1), { done: total, total, records });
});

test("refuses a directory whose journal is missing, by its name", async () => {
  const disk = MemoryDisk.of({ [SECOND]: new Uint8Array() });
  const error = await assertRejects(() => load(disk, newDatabases({ now: START })), JournalError);
  assertEquals(error.message, `Cannot load memory: ${FIRST} is missing`);
  assertEquals(disk.open, 0);
});

test("takes a request whole or not at all", async () => {
  const marks = 2 * 32; // SYNCED of the beginning, and of the end.
  const bytes = (await withPairs(1)).files()[FIRST]!.slice(0, -marks);
  const databases = newDatabases({ now: START });
  const { torn } = await load(MemoryDisk.of({ [FIRST]: bytes.slice(0, -10) }), databases);
  assertEquals([databases.at(0).size, databases.at(1).size, torn?.file], [1, 0, FIRST]);
});

test("refuses a journal that is shorter than when the next one was begun, wherever it is cut", async () => {
  const disk = new MemoryDisk();
  const { databases, journal } = await openOn(disk);
  for (const value of ["a", "b"]) {
    databases.at(0).set(KEY, utf8(value));
    await journal.settle(true);
  }
  disk.onOperation = ({ file }) => file.startsWith("snapshot") ? { message: "no room" } : undefined;
  journal.compact();
  await journal.compacted;
  databases.at(0).set(KEY, KEY);
  await journal.close();
  const files = disk.files();
  for (let size = 0; size < files[FIRST]!.length; size++) {
    const cut = MemoryDisk.of({ ...files, [FIRST]: files[FIRST]!.slice(0, size) });
    const error = await assertRejects(() => load(cut, newDatabases({ now: START })), JournalError);
    assertEquals([error.file, error.place <= size], [FIRST, true]);
  }
  await load(MemoryDisk.of(files), newDatabases({ now: START }));
});
