import { FileWindow } from "../../../lib/store/journal/file_window.ts";
import { RecordReader } from "../../../lib/store/journal/record_reader.ts";
import { changed, type Files, flip, recordsOf, salvaged, valueEndingIn } from "./damage.ts";
import { openOn } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { type Change, type Course, entriesOf, HEAD_SIZE, pastOf, placeOfRecord } from "./past.ts";
import { setting, synced } from "./past.ts";
import { concat } from "@std/bytes";
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";

const KEY = 0x0b;
const FORGED_KEY = Uint8Array.of(0xf0);
/** The version of the entry whose value holds forged records: there are so many changes up to it. */
const VERSION = 6;
/** How many entries are made behind it. */
const BEHIND = 6;

/** Versions for forged records: those of the entry itself, of the next ones, too small and too large. */
const FORGED_VERSIONS = [[6], [7], [6, 7], [7, 8, 9], [3, 4], [1_000], [6, 6, 6], [0]];

/** Where the value stands, whether there is a sync behind each change, and how many entries follow. */
const COURSES: Readonly<Record<string, Course & { isSynced: boolean; behind?: number }>> = {
  "a journal": { isSynced: true },
  "a journal that is synced at its end alone": { isSynced: false },
  "the last record of a journal": { isSynced: false, compactAt: VERSION, isFailing: true },
  "the last record of all": { isSynced: true, behind: 0 },
  "a snapshot": { isSynced: true, compactAt: VERSION + BEHIND - 1 },
};

function changesAround(value: Uint8Array, isSynced: boolean, behind = BEHIND): Change[] {
  const small = (count: number, from: number) =>
    Array.from({ length: count }, (_, at) => setting([from + at, "07"]));
  const all = [
    ...small(VERSION - 1, 0x20),
    setting([KEY, value.toHex()]),
    ...small(behind, 0x40),
  ];
  return isSynced ? all.map(synced) : all;
}

/** Records that a client may know how to write: entries, and a SYNCED with a nonce that is a guess. */
function forgedRecords(versions: readonly number[], hasSynced: boolean): Uint8Array[] {
  const forged = versions.map((version, at) =>
    recordsOf((records) => records.set(0, FORGED_KEY, Uint8Array.of(at), Infinity, version))
  );
  const guess = recordsOf((records) => records.synced(1_000, new Uint8Array(8)));
  return hasSynced ? [guess, ...forged] : forged;
}

/** A value that ends in forged records, the last of which has the checksum of the entry itself. */
function valueWith(forged: readonly Uint8Array[]): Uint8Array {
  return valueEndingIn(
    concat(forged.slice(0, -1)),
    forged.at(-1)!,
    (value) => recordsOf((records) => records.set(0, Uint8Array.of(KEY), value, Infinity, VERSION)),
  );
}

/** The file that has the entry, and where its record begins. */
function recordIn(files: Files): [string, number] {
  const name = files["snapshot-00000002.cafe"] === undefined
    ? "journal-00000001.cafe"
    : "snapshot-00000002.cafe";
  return [name, placeOfRecord(files[name]!, VERSION, KEY)];
}

/** Asserts that whole records lead from a place to the end of a file. */
async function assertLeadsOn(files: Files, name: string, place: number): Promise<void> {
  const reader = new RecordReader(new FileWindow(await MemoryDisk.of(files).read(name)), place);
  while (reader.next() !== undefined);
  assertEquals(reader.damage, undefined);
}

/** A disk for each way to damage the head of a record: each bit, the beginning of the value, and all of it. */
function* damagedHeads(files: Files, name: string, place: number): Generator<MemoryDisk> {
  for (let bit = 8 * place; bit < 8 * (place + HEAD_SIZE + 4); bit++) {
    yield changed(files, name, flip(bit >> 3, 1 << (bit & 7)));
  }
  yield changed(files, name, (bytes) => bytes.fill(0, place, place + HEAD_SIZE));
}

for (const [where, course] of Object.entries(COURSES)) {
  for (const hasSynced of [false, true]) {
    const what = hasSynced ? "forged records and a forged SYNCED" : "forged records";
    Deno.test({
      name: `no ${what} are taken from the value of ${where}, whatever is damaged of its head`,
      permissions: "none",
      async fn() {
        for (const versions of FORGED_VERSIONS) {
          const forged = forgedRecords(versions, hasSynced);
          const value = valueWith(forged);
          const changes = changesAround(value, course.isSynced, course.behind);
          const { files } = await pastOf(changes, course);
          const [name, place] = recordIn(files);
          await assertLeadsOn(files, name, place + HEAD_SIZE + 4);
          const before = placeOfRecord(files[name]!, VERSION - 1, 0x20 + VERSION - 2);
          for (const victim of [place, before]) {
            for (const disk of damagedHeads(files, name, victim)) {
              const { databases, findings } = await salvaged(disk);
              const keys = Object.keys(entriesOf(databases));
              assert(findings.isDamaged);
              assert(!keys.includes(FORGED_KEY.toHex()), `${versions}`);
              if (!course.isSynced) continue;
              const behind = keys.filter((key) => key >= "40").length;
              assertGreaterOrEqual(behind, (course.behind ?? BEHIND) - 1, `${versions}`);
            }
          }
        }
      },
    });
  }
}

Deno.test({
  name: "no forged record is taken where a damaged length says that the entry ends before it",
  permissions: "none",
  async fn() {
    const versions = [VERSION, VERSION + 1];
    for (const [version, isSynced] of versions.flatMap((v) => [[v, true], [v, false]] as const)) {
      const forged = recordsOf((records) =>
        records.set(0, FORGED_KEY, new Uint8Array(39), Infinity, version)
      );
      const value = valueWith([forged]);
      assertEquals(value.length, 64); // One bit less, and it ends where the forged record begins.
      for (const behind of [0, 1]) {
        const { files } = await pastOf(changesAround(value, isSynced, behind));
        const [name, place] = recordIn(files);
        await assertLeadsOn(files, name, place + HEAD_SIZE + 4);
        const { databases } = await salvaged(changed(files, name, flip(place + 11, 64)));
        const keys = Object.keys(entriesOf(databases));
        assert(!keys.includes(FORGED_KEY.toHex()));
        assertEquals(keys.length, VERSION - 1 + (isSynced ? behind : 0));
      }
    }
  },
});

Deno.test({
  name: "no records are taken from a value that is a copy of its own journal",
  permissions: "none",
  async fn() {
    const before = [setting([1, "01"]), setting([1, "02"]), setting([2, "02"])].map(synced);
    const disk = new MemoryDisk();
    const { journal, databases } = await openOn(disk);
    for (const change of before) {
      change(databases);
      journal.endGroup();
      await journal.settle(true);
      await journal.tick();
    }
    const copy = disk.files()["journal-00000001.cafe"]!;
    databases.at(0).delete(Uint8Array.of(2));
    journal.endGroup();
    await journal.settle(true);
    databases.at(0).set(Uint8Array.of(KEY), copy);
    await journal.close();
    const files = disk.files();
    const name = "journal-00000001.cafe";
    for (const damaged of damagedHeads(files, name, placeOfRecord(files[name]!, 5, KEY))) {
      const { databases } = await salvaged(damaged);
      assertEquals(entriesOf(databases), { "01": "02" });
    }
  },
});

/** Heads of records, each of which announces all that follows it. */
function nestedHeads(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 * count);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += 12) {
    view.setBigUint64(at, 0xcafe_0102_0004_0000n);
    view.setUint32(at + 8, bytes.length - at - 16);
  }
  return bytes;
}

Deno.test({
  name: "a value that looks like many large records is gone through in no more than linear time",
  permissions: "none",
  async fn() {
    const value = nestedHeads(300_000); // To check each would be to check half a terabyte.
    for (const course of [{}, { compactAt: VERSION + BEHIND - 1 }]) {
      const { files } = await pastOf(changesAround(value, true), course);
      const [name, place] = recordIn(files);
      const { databases, findings } = await salvaged(changed(files, name, flip(place)));
      assertEquals(findings.files[0]!.stretches.length, 1);
      assertGreaterOrEqual(Object.keys(entriesOf(databases)).length, 1);
    }
  },
});
