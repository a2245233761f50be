import { openJournal } from "../../../lib/store/mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { utf8 } from "../../codec/helpers.ts";
import { Random } from "../../random.ts";
import { dump, loaded, newDatabases, type Opened, openOn, START } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

const KEY = utf8("k");
const FIRST = "journal-00000001.cafe";
const SECOND = "journal-00000002.cafe";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `openJournal ${name}`, permissions: "none", fn });
}

/** Appends to an entry, and waits until that is written, or on stable storage. */
async function append({ databases, journal }: Opened, text: string, durable = false) {
  databases.at(0).append(KEY, utf8(text));
  assertEquals(await journal.settle(durable), undefined);
}

/** What the entry is, in each of many losses of power. */
async function crashesOf(disk: MemoryDisk): Promise<Set<string>> {
  const random = new Random(11);
  const found = new Set<string>();
  for (let crash = 0; crash < 100; crash++) {
    found.add(valueIn(await openOn(disk.crashed(random))));
  }
  return found;
}

function valueIn({ databases }: Opened): string {
  return new TextDecoder().decode(databases.at(0).peek(KEY)?.value);
}

/** The first operation of a kind on a file leaves the disk as it is then, to a killed process. */
async function killedAt(disk: MemoryDisk, kind: string, file: string, run: () => Promise<unknown>) {
  let left: MemoryDisk | undefined;
  disk.onOperation = (operation) => {
    if (operation.kind === kind && operation.file === file) left ??= disk.killed();
    return undefined;
  };
  await run();
  return left!;
}

test("begins a journal in an empty directory, and goes on with it", async () => {
  const disk = new MemoryDisk();
  const first = await openOn(disk);
  await append(first, "1");
  await first.journal.close();
  const second = await openOn(disk);
  await append(second, "2");
  await second.journal.close();
  assertEquals([valueIn(await openOn(disk)), first.log, second.log], ["12", [], []]);
  assertEquals(Object.keys(disk.files()), [FIRST]);
});

test("cuts a torn tail, says so, and goes on; and again", async () => {
  const disk = new MemoryDisk();
  const first = await openOn(disk);
  await append(first, "1");
  const { length } = disk.files()[FIRST]!;
  await append(first, "22");
  let next = disk.killed({ file: FIRST, bytes: utf8("\xca\xfe torn") });
  for (const text of ["3", "4"]) {
    const place = next.files()[FIRST]!.length - utf8("\xca\xfe torn").length;
    const opened = await openOn(next);
    const reason = "the file ends 9 bytes after the beginning of a record";
    const cut = `${FIRST} ends with a torn write: 9 bytes from ${place} on are cut (${reason})`;
    assertEquals(opened.log, [cut]);
    await append(opened, text);
    next = next.killed({ file: FIRST, bytes: utf8("\xca\xfe torn") });
  }
  const cut = { [FIRST]: next.files()[FIRST]!.slice(0, length) };
  assertEquals(valueIn(await openOn(next)), "12234");
  assertEquals(valueIn(await openOn(MemoryDisk.of(cut))), "1");
});

test("brings what a killed process has written to stable storage before anything follows", async () => {
  const disk = new MemoryDisk();
  await append(await openOn(disk), "1");
  const next = disk.killed();
  await append(await openOn(next), "2", true);
  assertEquals(await crashesOf(next), new Set(["12"]));
});

test("does so for each journal, also when a killed process has begun another one", async () => {
  const disk = new MemoryDisk();
  const first = await openOn(disk);
  await append(first, "1");
  const next = await killedAt(disk, "sync", FIRST, () => {
    first.journal.compact();
    return first.journal.compacted;
  });
  assertEquals(Object.keys(next.files()), [FIRST, SECOND]);
  await append(await openOn(next), "2", true);
  assertEquals(await crashesOf(next), new Set(["12"]));
});

test("makes sure that a journal has its name before anything is written to it", async () => {
  const disk = new MemoryDisk();
  const next = await killedAt(disk, "settle", "", () => openOn(disk));
  await append(await openOn(next), "1", true);
  assertEquals(await crashesOf(next), new Set(["1"]));
});

test("makes sure that a snapshot has its name before it removes what came before it", async () => {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  await append(opened, "1", true);
  let renamed = false;
  let left: MemoryDisk | undefined;
  disk.onOperation = ({ kind }) => {
    if (kind === "settle" && renamed) left ??= disk.killed();
    renamed ||= kind === "rename";
    return undefined;
  };
  opened.journal.compact();
  await opened.journal.compacted;
  await openOn(left!);
  assertEquals(Object.keys(left!.files()), [SECOND, "snapshot-00000002.cafe"]);
  assertEquals(await crashesOf(left!), new Set(["1"]));
});

test("starts also when files that are of no use cannot be removed, and says so", async () => {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  await append(opened, "1");
  await opened.journal.close();
  const next = MemoryDisk.of({ ...disk.files(), "snapshot-00000002.part": utf8("x") });
  next.onOperation = ({ kind }) => kind === "remove" ? { message: "EIO" } : undefined;
  const again = await openOn(next);
  assertEquals([again.log, valueIn(again)], [["cannot remove old files: EIO"], "1"]);
  await append(again, "2");
  await again.journal.close();
  assertEquals(next.open, 0);
});

test("gives up its files when it cannot go on with them", async () => {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  await append(opened, "1");
  for (const kind of ["truncate", "sync", "settle"]) {
    const next = disk.killed({ file: FIRST, bytes: utf8("torn") });
    next.onOperation = (operation) => operation.kind === kind ? { message: "EIO" } : undefined;
    await assertRejects(() => openOn(next), Error, "EIO");
    assertEquals(next.open, 0);
  }
});

test("begins a journal again whose first record is not whole", async () => {
  const disk = new MemoryDisk();
  const next = await killedAt(disk, "write", FIRST, () => openOn(disk));
  const opened = await openOn(next.killed({ file: FIRST, bytes: utf8("\xca") }));
  const reason = "the file ends 2 bytes after the beginning of a record";
  const line = `${FIRST} ends with a torn write: 2 bytes from 0 on are cut (${reason})`;
  assertEquals(opened.log, [line]);
  await append(opened, "1", true);
});

test("begins the second journal again whose first record is not whole, behind the first one", async () => {
  const disk = new MemoryDisk();
  const first = await openOn(disk);
  await append(first, "1");
  const next = await killedAt(disk, "write", SECOND, () => {
    first.journal.compact();
    return first.journal.compacted;
  });
  const opened = await openOn(next);
  assertEquals(Object.keys(next.files()), [FIRST, SECOND]);
  await append(opened, "2", true);
  assertEquals(await crashesOf(next), new Set(["12"]));
});

test("removes what is of no use, and leaves files of others alone", async () => {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  await append(opened, "1");
  opened.journal.compact();
  await opened.journal.compacted;
  const names = Object.keys(disk.files());
  assertEquals(names, [SECOND, "snapshot-00000002.cafe"]);
  const others = { "lock": utf8(""), "notes.txt": utf8("x"), "journal-1.cafe": utf8("x") };
  const stale = { [FIRST]: utf8("x"), "snapshot-00000001.cafe": utf8("x") };
  const part = { "snapshot-00000003.part": utf8("x") };
  const next = MemoryDisk.of({ ...disk.files(), ...others, ...stale, ...part });
  assertEquals(valueIn(await openOn(next)), "1");
  assertEquals(Object.keys(next.files()).sort(), [...names, ...Object.keys(others)].sort());
});

test("honours ends, and continues with versions behind all that there were", async () => {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  const [store, other] = [opened.databases.at(0), opened.databases.at(1)];
  store.set(KEY, utf8("1"), START + 50);
  other.set(KEY, utf8("2"), START + 51);
  other.set(utf8("gone"), utf8("3"));
  other.delete(utf8("gone"));
  await opened.journal.close();
  const again = await openOn(disk, { clock: { now: START + 50 } });
  assertEquals(again.databases.at(0).get(KEY), undefined);
  assertEquals(again.databases.at(1).get(KEY)?.expiresAt, START + 51);
  assertEquals(again.databases.at(0).set(KEY, utf8("4")), 5);
  assertEquals(dump(await loaded(disk.killed(), again.clock)), "0,1,2\n1 6b 32 1000051 2");
});

test("changes nothing when a file is damaged", async () => {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  await append(opened, "1");
  await append(opened, "2", true);
  await opened.journal.close();
  const files = disk.files();
  files[FIRST]![60]! ^= 1;
  const next = MemoryDisk.of(files);
  const databases = newDatabases({ now: START });
  const error = await assertRejects(() => openJournal(next, databases));
  assertEquals((error as Error).name, "JournalError");
  assertEquals([next.files(), next.open], [files, 0]);
  assertEquals(next.operations, 1); // The list of files.
});
