import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Random } from "../../random.ts";
import { hex, utf8 } from "../../codec/helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `MemoryDisk ${name}`, permissions: "none", fn });
}

/** The texts of the files after many losses of power. */
function crashesOf(disk: MemoryDisk): Set<string> {
  const random = new Random(7);
  return new Set(Array.from({ length: 500 }, () => {
    const files = Object.entries(disk.crashed(random).files());
    return files.map(([name, bytes]) => `${name}=${bytes.toHex()}`).join(" ");
  }));
}

/** A disk with a file that is stable, and empty. */
async function withFile() {
  const disk = new MemoryDisk();
  const file = await disk.create("a");
  await disk.sync();
  return { disk, file };
}

test("keeps through a loss of power what was synced, and its name when that was", async () => {
  const { disk, file } = await withFile();
  file.write(hex("0102"));
  await file.sync();
  assertEquals(crashesOf(disk), new Set(["a=0102"]));
  await disk.rename("a", "b");
  assertEquals(crashesOf(disk), new Set(["a=0102", "b=0102"]));
  await disk.sync();
  assertEquals(crashesOf(disk), new Set(["b=0102"]));
  await disk.remove("b");
  assertEquals(crashesOf(disk), new Set(["b=0102", ""]));
});

test("may lose, tear, blank and reorder what was written since", async () => {
  const { disk, file } = await withFile();
  file.write(hex("01"));
  await file.sync();
  file.write(hex("02 03"));
  file.write(hex("04"));
  const crashes = crashesOf(disk);
  for (const left of ["01", "0102", "010203", "01020304", "01000004", "01020300", "01000000"]) {
    assert(crashes.has(`a=${left}`), left);
  }
});

test("loses sectors one by one", async () => {
  const { disk, file } = await withFile();
  file.write(new Uint8Array(1_024).fill(0xee));
  assert(crashesOf(disk).has(`a=${"00".repeat(512)}${"ee".repeat(512)}`));
});

test("does not know whether a cut happened before it was synced", async () => {
  const { disk, file } = await withFile();
  file.write(hex("01 02"));
  await file.sync();
  file.truncate(1);
  assertEquals(crashesOf(disk), new Set(["a=01", "a=0102"]));
  await file.sync();
  assertEquals(crashesOf(disk), new Set(["a=01"]));
});

test("keeps all that was written when a process is killed, torn writes too", async () => {
  const { disk, file } = await withFile();
  file.write(hex("01"));
  const next = disk.killed({ file: "a", bytes: hex("02") });
  file.write(hex("03"));
  assertEquals([next.files(), disk.files()], [{ a: hex("0102") }, { a: hex("0103") }]);
  assert(crashesOf(next).has("a="));
});

test("forgets for ever what a failed sync was to write", async () => {
  const { disk, file } = await withFile();
  file.write(hex("01"));
  disk.onOperation = ({ kind }) => kind === "sync" ? { message: "EIO" } : undefined;
  await assertRejects(() => file.sync(), Error, "EIO");
  disk.onOperation = () => undefined;
  file.write(hex("02"));
  await file.sync();
  assertEquals(crashesOf(disk), new Set(["a=0002", "a=0102"]));
  assertEquals(disk.files(), { a: hex("0102") });
});

test("fails as it is told, and a write after a part of it", async () => {
  const { disk, file } = await withFile();
  disk.onOperation = () => ({ message: "ENOSPC", written: 2 });
  assertThrows(() => file.write(hex("01 02 03")), Error, "ENOSPC");
  assertThrows(() => file.truncate(0), Error, "ENOSPC");
  const calls = [
    () => disk.create("b"),
    () => disk.rename("a", "b"),
    () => disk.remove("a"),
    () => disk.sync(),
    () => disk.list(),
  ];
  for (const call of calls) await assertRejects(call, Error, "ENOSPC");
  assertEquals(disk.files(), { a: hex("0102") });
});

test("counts operations, and files that are open", async () => {
  const { disk, file } = await withFile();
  assertEquals([disk.operations, disk.open], [2, 1]);
  file.write(utf8("x"));
  const reader = await disk.read("a");
  assertEquals([disk.operations, disk.open], [3, 2]);
  reader.close();
  file.close();
  file.close();
  assertEquals(disk.open, 0);
  assertThrows(() => file.write(utf8("x")), Error, "closed");
  await assertRejects(() => file.sync(), Error, "closed");
});

test("says what is there and what is not", async () => {
  const { disk } = await withFile();
  await assertRejects(() => disk.create("a"), Error, "a is there");
  await assertRejects(() => disk.read("b"), Error, "b is not there");
  assertEquals(await disk.list(), ["a"]);
});
