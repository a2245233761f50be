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
  for (const [part, dropped] of [["damaged", 0], ["its other part", 1]] as const) {
    const at = placeIn(files[JOURNAL]!, bytes(part));
    const { databases, findings } = await salvaged(changed(files, JOURNAL, flip(at)));
    assertEquals([keysOf(databases), findings.dropped], [["a", "d"], dropped], part);
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
