import { assert, assertEquals, assertRejects } from "@std/assert";
import { JournalError } from "../../../lib/store/mod.ts";
import { hex, utf8 } from "../../codec/helpers.ts";
import { dump, loaded, openOn, START } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `openJournal ${name}`, permissions: "none", fn });
}

const FIRST = "journal-00000001.cafe";
// BEGIN of a journal: version 5, format 1, nonce
const BEGIN = hex(
  "cafe 01 40 0044 000f 0000000c | 0000000000000005 | 636f727461646f206a6f75726e616c | " +
    "00000001 0102030405060708 | 24288e85",
);

test("cuts a torn tail, says so, and goes on; twice in a row", async () => {
  const disk = new MemoryDisk();
  const first = await openOn(disk);
  first.databases.at(0).set(utf8("a"), Uint8Array.of(1));
  await first.journal.settle(false);
  let torn = disk.killed({ file: FIRST, bytes: hex("cafe 01") });
  for (const key of ["b", "c"]) {
    const { databases, journal, log } = await openOn(torn);
    assertEquals(log.length, 1);
    assert(log[0]!.includes("3 bytes from"), log[0]);
    databases.at(0).set(utf8(key), Uint8Array.of(2));
    await journal.settle(true);
    torn = torn.killed({ file: FIRST, bytes: hex("cafe 01") });
  }
  assertEquals((await loaded(torn, first.clock)).at(0).size, 3);
});

test("puts names on stable storage before anything depends on them", async () => {
  const disk = MemoryDisk.of({ [FIRST]: BEGIN });
  const seen: string[] = [];
  disk.onOperation = ({ kind }) => void seen.push(kind);
  const { journal } = await openOn(disk);
  assertEquals(seen, ["list", "sync", "settle", "list"]);
  await journal.close();
});

test("refuses a journal without a first record when another one follows", async () => {
  const disk = MemoryDisk.of({ [FIRST]: new Uint8Array(), "journal-00000002.cafe": BEGIN });
  const error = await assertRejects(() => openOn(disk), JournalError);
  assertEquals([error.file, error.place], [FIRST, 0]);
});

test("makes the last journal anew when it has no first record", async () => {
  const disk = MemoryDisk.of({ [FIRST]: BEGIN, "journal-00000002.cafe": BEGIN.slice(0, 9) });
  const { databases, journal } = await openOn(disk);
  databases.at(0).set(utf8("a"), Uint8Array.of(1));
  await journal.close();
  assertEquals(dump(await loaded(disk, { now: START })), dump(databases));
});

test("goes on with versions behind the largest that it has read", async () => {
  const { databases, journal } = await openOn(MemoryDisk.of({ [FIRST]: BEGIN }));
  assertEquals(databases.at(0).set(utf8("a"), utf8("b")), 6);
  await journal.close();
});
