import { FileWindow } from "../../../lib/store/journal/file_window.ts";
import { RecordReader } from "../../../lib/store/journal/record_reader.ts";
import type { RecordWriter } from "../../../lib/store/journal/record_writer.ts";
import type { Databases } from "../../../lib/store/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import {
  bytes,
  changed,
  type Files,
  flip,
  placeIn,
  recordsOf,
  salvaged,
  smallDirectory,
  valueEndingIn,
} from "./damage.ts";
import {
  entriesOf,
  HEAD_SIZE,
  pastOf,
  placeOfRecord,
  setting,
  someChanges,
  synced,
  valuesOf,
} from "./past.ts";
import { loaded, openOn, START, type State, stateOf } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

const JOURNAL = "journal-00000001.cafe";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

/** Whether a server takes the files as they are. */
function opens(disk: MemoryDisk): Promise<boolean> {
  return loaded(disk.killed(), { now: START }).then(() => true, () => false);
}

/** What entries and times of keys there ever were. */
function everOf(states: readonly State[]): Set<string> {
  return new Set(states.flatMap(({ lines }) => lines.flatMap(claimsOf)));
}

function claimsOf([store, key, value, expiresAt]: State["lines"][number]): string[] {
  return [`${store} ${key} is ${value}`, `${store} ${key} ends ${expiresAt}`];
}

function assertNoneInvented(databases: Databases, ever: ReadonlySet<string>, hint: string): void {
  for (const line of stateOf(databases).lines) {
    for (const claim of claimsOf(line)) assert(ever.has(claim), `${hint}: ${claim}`);
  }
}

test("salvage finds nothing wrong in whole files, and has what a server has", async () => {
  const { files } = await smallDirectory();
  const { databases, findings } = await salvaged(MemoryDisk.of(files));
  assertEquals([findings.isDamaged, findings.dropped, findings.skipped], [false, 0, 0]);
  assertEquals(findings.files.map(({ name, stretches }) => [name, stretches.length]), [
    ["snapshot-00000002.cafe", 0],
    ["journal-00000002.cafe", 0],
  ]);
  const served = await loaded(MemoryDisk.of(files), { now: START });
  assertEquals(stateOf(databases), stateOf(served));
});

test("salvage invents no entry whichever bit is turned, and calls damaged what a server refuses", async () => {
  const { files, states } = await smallDirectory();
  const ever = everOf(states);
  for (const [name, whole] of Object.entries(files)) {
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const hint = `${name}, bit ${bit}`;
      const disk = changed(files, name, flip(bit >> 3, 1 << (bit & 7)));
      const { databases, findings } = await salvaged(disk);
      assertNoneInvented(databases, ever, hint);
      assertEquals(!findings.isDamaged, await opens(disk), hint);
    }
  }
});

test("salvage keeps the entries of a snapshot behind one that is damaged", async () => {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  for (let at = 0; at < 10; at++) opened.databases.at(0).set(bytes(`key ${at}`), bytes("value"));
  opened.journal.compact();
  await opened.journal.compacted;
  await opened.journal.close();
  const files = disk.files();
  const name = "snapshot-00000002.cafe";
  for (let at = 0; at < 10; at++) {
    const damaged = changed(files, name, flip(placeIn(files[name]!, bytes(`key ${at}`))));
    const { databases, findings } = await salvaged(damaged);
    assertEquals([databases.at(0).size, findings.isDamaged], [9, true], `key ${at}`);
  }
});

test("salvage invents no entry wherever a file is cut", async () => {
  const { files, states } = await smallDirectory();
  const ever = everOf(states);
  for (const [name, whole] of Object.entries(files)) {
    for (let length = 0; length < whole.length; length++) {
      const disk = changed(files, name, (bytes) => bytes.subarray(0, length));
      const { databases, findings } = await salvaged(disk);
      assertNoneInvented(databases, ever, `${name} of ${length} bytes`);
      assertEquals(!findings.isDamaged, await opens(disk), `${name} of ${length} bytes`);
    }
  }
});

/** The files after some requests, each with a sync behind it. */
async function filesOf(requests: readonly ((databases: Databases) => void)[]): Promise<Files> {
  const disk = new MemoryDisk();
  const { journal, databases } = await openOn(disk);
  for (const request of requests) {
    request(databases);
    journal.endGroup();
    await journal.settle(true);
    await journal.tick();
  }
  await journal.close();
  return disk.files();
}

/** The keys of the first database. */
function keysOf(databases: Databases): string[] {
  const { lines } = stateOf(databases);
  return lines.map(([, key]) => new TextDecoder().decode(Uint8Array.fromHex(key))).sort();
}

const set = (key: string, value: string | Uint8Array = "value") => (databases: Databases) =>
  void databases.at(0).set(bytes(key), typeof value === "string" ? bytes(value) : value);

test("salvage takes what is before damage in a journal and behind it", async () => {
  const files = await filesOf([set("a"), set("b", "damaged"), set("c")]);
  const at = placeIn(files[JOURNAL]!, bytes("damaged"));
  const { databases, findings } = await salvaged(changed(files, JOURNAL, flip(at)));
  assertEquals(keysOf(databases), ["a", "c"]);
  const [{ stretches }] = findings.files as [typeof findings.files[number]];
  assertEquals(stretches.map(({ reason, isTorn }) => [reason, isTorn]), [
    ["a record whose checksum is not that of its bytes", false],
  ]);
});

test("salvage drops a request of which a part is lost", async () => {
  const both = (databases: Databases) => {
    set("b", "damaged")(databases);
    set("c", "its other part")(databases);
  };
  const files = await filesOf([set("a"), both, set("d")]);
  for (const part of ["damaged", "its other part"]) {
    const at = placeIn(files[JOURNAL]!, bytes(part));
    const { databases, findings } = await salvaged(changed(files, JOURNAL, flip(at)));
    assertEquals([keysOf(databases), findings.dropped], [["a", "d"], 1], part);
  }
});

test("salvage skips and counts what extends a value that is lost, or may have been another one", async () => {
  const extend = (databases: Databases) => void databases.at(0).append(bytes("a"), bytes("+tail"));
  const files = await filesOf([set("a", "first"), set("a", "other"), extend, set("b")]);
  for (const [lost, expected] of [["first", "other+tail"], ["other", "first"]] as const) {
    const at = placeIn(files[JOURNAL]!, bytes(lost));
    const { databases, findings } = await salvaged(changed(files, JOURNAL, flip(at)));
    const value = databases.at(0).peek(bytes("a"))?.value;
    assertEquals([value, findings.skipped], [bytes(expected), lost === "other" ? 1 : 0]);
  }
});

test("salvage takes what follows a journal that is missing, and names it", async () => {
  const { files } = await smallDirectory();
  const journal = files["journal-00000002.cafe"]!;
  const { databases, findings } = await salvaged(
    MemoryDisk.of({ ...files, "journal-00000004.cafe": journal }),
  );
  assertEquals(findings.isDamaged, true);
  const missing = findings.files.filter(({ size }) => size === undefined);
  assertEquals(missing.map(({ name }) => name), ["journal-00000003.cafe"]);
  assert(keysOf(databases).includes("e"));
});

test("salvage takes the journals when the snapshot is nothing but zeros", async () => {
  const { files, states } = await smallDirectory();
  const disk = changed(files, "snapshot-00000002.cafe", (bytes) => bytes.fill(0));
  const { databases, findings } = await salvaged(disk);
  assertNoneInvented(databases, everOf(states), "zeros");
  assertEquals([findings.isDamaged, keysOf(databases)], [true, ["a", "d", "e"]]);
});

/** What a client may write to be taken for records, with any version that there may be. */
function forged(records: RecordWriter): void {
  for (let version = 0; version < 8; version++) {
    records.set(0, bytes("forged"), bytes("value"), Infinity, version);
    records.endGroup();
    records.synced(1, new Uint8Array(8).fill(7));
  }
  records.end(1, 0);
  records.begin("journal", new Uint8Array(8), 3);
  records.set(0, bytes("forged"), bytes("value"), Infinity, 9);
}

/** The files of a snapshot of some entries. */
async function snapshotOf(requests: readonly ((databases: Databases) => void)[]): Promise<Files> {
  const disk = MemoryDisk.of(await filesOf(requests));
  const { journal } = await openOn(disk);
  journal.compact();
  await journal.compacted;
  await journal.close();
  return disk.files();
}

const SNAPSHOT = "snapshot-00000002.cafe";

test("salvage takes no record that is in a damaged value", async () => {
  const value = concat([bytes("damaged"), recordsOf(forged), bytes("end")]);
  const requests = [set("a"), set("b", value), set("c")];
  const makings = [[JOURNAL, await filesOf(requests)], [
    SNAPSHOT,
    await snapshotOf(requests),
  ]] as const;
  for (const [name, files] of makings) {
    const at = placeIn(files[name]!, bytes("damaged"));
    const { databases } = await salvaged(changed(files, name, flip(at)));
    assertEquals(keysOf(databases).includes("forged"), false, name);
    assertEquals(keysOf(databases).includes("a"), true, name);
  }
});

function windowOf(bytes: Uint8Array): FileWindow {
  const read = (place: number, room: Uint8Array) => {
    room.set(bytes.subarray(place, place + room.length));
    return room.length;
  };
  return new FileWindow({ size: bytes.length, read, close() {} });
}

test("salvage takes no records in a damaged value whose checksum is also that of the last one", async () => {
  for (let version = 1; version < 8; version++) {
    const recordOf = (version: number) =>
      recordsOf((records) => records.set(0, bytes("forged"), bytes("value"), Infinity, version));
    const [first, last] = [recordOf(version), recordOf(version + 1)];
    const value = valueEndingIn(
      first,
      last,
      (value) => recordsOf((records) => records.set(0, bytes("b"), value, Infinity, 2)),
    );
    for (const behind of [[], [set("c"), set("d")]]) {
      const requests = [set("a"), set("b", value), ...behind];
      await assertNotForged(JOURNAL, await filesOf(requests), value, last.length);
      await assertNotForged(SNAPSHOT, await snapshotOf(requests), value, last.length);
    }
  }
});

async function assertNotForged(name: string, files: Files, value: Uint8Array, length: number) {
  const at = placeIn(files[name]!, value);
  const inner = at + value.length + 4 - length;
  assertEquals(new RecordReader(windowOf(files[name]!), inner).next()?.key, bytes("forged"));
  for (const from of [at, at - 12]) {
    const { databases, findings } = await salvaged(changed(files, name, flip(from, 0xff)));
    assertEquals([findings.isDamaged, keysOf(databases).includes("forged")], [true, false], name);
  }
}

const PASTS = {
  "a snapshot and its journal": await pastOf(someChanges(26), {
    compactAt: 12,
    tail: someChanges(5),
  }),
  "two journals": await pastOf(someChanges(24), { compactAt: 12, isFailing: true }),
};

for (const [what, { files, values }] of Object.entries(PASTS)) {
  test(`salvage takes nothing that never was where ${what} are blank, cut or missing`, async () => {
    for (const [name, whole] of Object.entries(files)) {
      const { [name]: _, ...rest } = files;
      const disks = [MemoryDisk.of(rest)];
      for (let at = 0; at < whole.length; at++) {
        disks.push(changed(files, name, (bytes) => bytes.subarray(0, at)));
        disks.push(changed(files, name, (bytes) => bytes.fill(0, at, at + 64)));
      }
      for (const disk of disks) {
        const { databases, findings } = await salvaged(disk);
        for (const value of valuesOf(databases)) assert(values.has(value), value);
        assertEquals(!findings.isDamaged, await opens(disk));
      }
    }
  });
}

test("salvage takes a journal without a first record for damage when another one follows it", async () => {
  const { files } = PASTS["two journals"];
  const disk = MemoryDisk.of({
    [JOURNAL]: files[JOURNAL]!.slice(0, 9),
    "journal-00000002.cafe": files["journal-00000002.cafe"]!.slice(0, 51),
  });
  const { findings } = await salvaged(disk);
  assertEquals([findings.isDamaged, await opens(disk)], [true, false]);
});

test("salvage takes what is behind damage in a journal whose first record is damaged as well", async () => {
  const changes = Array.from({ length: 8 }, (_, at) => synced(setting([at, "aabb"])));
  for (
    const [name, course] of [
      [JOURNAL, {}],
      [JOURNAL, { compactAt: 8, isFailing: true }],
      ["journal-00000002.cafe", { compactAt: 0, isFailing: true }],
    ] as const
  ) {
    const { files } = await pastOf([...changes, synced(setting([9, "cc"]))], course);
    const place = placeOfRecord(files[name]!, 5, 4);
    const disk = changed(files, name, (bytes) => {
      bytes[0]!++;
      bytes[place]!++;
      return bytes;
    });
    const keys = Object.keys(entriesOf((await salvaged(disk)).databases));
    assertEquals(keys, ["00", "01", "02", "03", "05", "06", "07", "09"]);
  }
});

test("salvage says when a journal ends too early, between two requests, and another one follows", async () => {
  const changes = [1, 2, 3, 4].map((key) => synced(setting([key, "aabb"])));
  const { files } = await pastOf(changes, { compactAt: 3, isFailing: true });
  const at = placeOfRecord(files[JOURNAL]!, 3, 3);
  const disk = changed(files, JOURNAL, (bytes) => bytes.subarray(0, at));
  const { databases, findings } = await salvaged(disk);
  assertEquals([findings.isDamaged, await opens(disk)], [true, false]);
  assertEquals(Object.keys(entriesOf(databases)), ["01", "02", "04"]);
  const reason = `it had ${files[JOURNAL]!.length} bytes when the next journal was begun`;
  assertEquals(findings.files[0]!.stretches.map(({ reason }) => reason), [reason]);
});

test("salvage loses one record alone where a value is damaged, however long nothing was synced", async () => {
  const changes = Array.from({ length: 9 }, (_, at) => setting([at, `aabb0${at}dd`]));
  const { files } = await pastOf(changes);
  for (const lost of [3, 7]) {
    const at = placeOfRecord(files[JOURNAL]!, lost + 1, lost) + HEAD_SIZE;
    const { databases, findings } = await salvaged(changed(files, JOURNAL, flip(at)));
    assertEquals(Object.keys(entriesOf(databases)).length, 8);
    assertEquals(entriesOf(databases)[`0${lost}`], undefined);
    assertEquals([findings.dropped, findings.skipped], [0, 0]);
  }
});

test("salvage takes nothing of a request whose head, key or value is damaged anywhere", async () => {
  const request = setting([0x31, "a1a1"], [0x32, "b2b2"], [0x33, "c3c3"]);
  for (const isSynced of [false, true]) {
    const changes = [setting([1, "01"]), request, ...someChanges(4), setting([2, "02"])];
    const { files } = await pastOf(isSynced ? changes.map(synced) : changes);
    const from = placeOfRecord(files[JOURNAL]!, 2, 0x31);
    const to = placeOfRecord(files[JOURNAL]!, 4, 0x33) + HEAD_SIZE + 6;
    for (let bit = 8 * from; bit < 8 * to; bit++) {
      const disk = changed(files, JOURNAL, flip(bit >> 3, 1 << (bit & 7)));
      const keys = Object.keys(entriesOf((await salvaged(disk)).databases));
      assertEquals(["31", "32", "33"].filter((key) => keys.includes(key)), [], `bit ${bit}`);
      assertEquals([keys.includes("01"), keys.includes("02") || !isSynced], [true, true]);
    }
  }
});

test("salvage extends no value of the same length that another one may have been", async () => {
  const append = (key: number, tail: string) => (databases: Databases) =>
    void databases.at(0).append(Uint8Array.of(key), Uint8Array.fromHex(tail));
  const { files } = await pastOf([
    setting([1, "aa01"]),
    setting([2, "aa02"]),
    setting([1, "bb01"]), // This is lost.
    append(1, "cc"), // It must not be put behind aa01, and nobody knows whether behind aa02.
    (databases) => void databases.at(0).expire(Uint8Array.of(2), START + 9_000),
    append(2, "dd"),
    append(3, "ee"),
    append(3, "ff"),
  ]);
  const at = placeOfRecord(files[JOURNAL]!, 3, 1) + HEAD_SIZE;
  const { databases, findings } = await salvaged(changed(files, JOURNAL, flip(at)));
  assertEquals(entriesOf(databases), { "01": "aa01", "02": "aa02", "03": "eeff" });
  assertEquals(databases.at(0).peek(Uint8Array.of(2))?.expiresAt, START + 9_000);
  assertEquals(findings.skipped, 2);
});

test("salvage takes what is whole in a snapshot that is damaged in several places", async () => {
  const files = await snapshotOf(Array.from({ length: 9 }, (_, at) => setting([at, "aabbccdd"])));
  const places = [2, 5, 6].map((key) => placeOfRecord(files[SNAPSHOT]!, key + 1, key));
  const disk = changed(files, SNAPSHOT, (bytes) => {
    for (const place of places) bytes[place]!++;
    return bytes;
  });
  const { databases, findings } = await salvaged(disk);
  assertEquals(Object.keys(entriesOf(databases)), ["00", "01", "03", "04", "07", "08"]);
  assertEquals(findings.isDamaged, true);
});

test("salvage takes all entries of a snapshot that has other bytes between them, or before its END", async () => {
  const files = await snapshotOf([setting([1, "01"]), setting([2, "02"])]);
  const size = files[SNAPSHOT]!.length;
  for (const at of [size - 32, size - 32 - 26]) {
    const disk = changed(
      files,
      SNAPSHOT,
      (bytes) => concat([bytes.subarray(0, at), bytes.subarray(at - 9, at), bytes.subarray(at)]),
    );
    const { findings } = await salvaged(disk);
    assertEquals(findings.files[0]!.stretches.map(({ from }) => from), [at]);
    assertEquals(await opens(disk), false);
  }
});

test("salvage says when a journal lacks changes that the snapshot has some of", async () => {
  const disk = new MemoryDisk();
  let change = () => {};
  const pause = () => Promise.resolve(change());
  const { journal, databases } = await openOn(disk, { pause });
  databases.at(0).set(bytes("a"), bytes("1")); // A step of the snapshot ends behind it.
  change = () => {
    change = () => {};
    databases.at(1).set(bytes("b"), bytes("2"));
  };
  journal.compact();
  await journal.compacted;
  await journal.close();
  const files = disk.files();
  const name = "journal-00000002.cafe";
  const cut = changed(files, name, (bytes) => bytes.subarray(0, 51));
  const { findings } = await salvaged(cut);
  assertEquals([findings.isDamaged, await opens(cut)], [true, false]);
  const [stretch] = findings.files[1]!.stretches;
  assertEquals(
    stretch?.reason,
    "its end is missing: the snapshot needs the changes up to version 2",
  );
});

test("salvage says of each damaged stretch where it is, and what the first record behind it is", async () => {
  const changes = [1, 2, 3].map((key) => setting([key, "aabb"])).map(synced);
  const { files } = await pastOf(changes);
  const [from, to] = [2, 3].map((key) => placeOfRecord(files[JOURNAL]!, key, key));
  const { findings } = await salvaged(changed(files, JOURNAL, flip(from! + HEAD_SIZE)));
  const [stretch] = findings.files[0]!.stretches;
  assertEquals([stretch?.from, stretch?.isTorn], [from, false]);
  assertEquals(stretch!.to <= to!, true);
  assertEquals(stretch?.bytes.subarray(0, 4).toHex(), "cafe0102");
  assertEquals(stretch?.next?.name, stretch?.to === to ? "SET" : "SYNCED");
});
