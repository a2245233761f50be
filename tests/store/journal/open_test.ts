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
