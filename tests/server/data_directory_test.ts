import { DataDirectory } from "../../lib/server/mod.ts";
import type { Disk } from "../../lib/store/mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";

/** A test in a directory of its own. */
function test(name: string, fn: (path: string) => Promise<void>): void {
  Deno.test({
    name: `a data directory ${name}`,
    permissions: { read: true, write: true },
    async fn() {
      const path = await Deno.makeTempDir();
      try {
        await fn(path);
      } finally {
        await Deno.remove(path, { recursive: true });
      }
    },
  });
}

/** A test of an open directory. */
function diskTest(name: string, fn: (disk: Disk, path: string) => Promise<void>): void {
  test(name, async (path) => {
    const disk = await DataDirectory.open(path);
    try {
      await fn(disk, path);
    } finally {
      disk.close();
    }
  });
}

/** Makes a file of a text. */
async function write(disk: Disk, name: string, text: string): Promise<void> {
  const file = await disk.create(name);
  file.write(utf8(text));
  file.close();
}

test("is made with the directories around it", async (path) => {
  const disk = await DataDirectory.open(`${path}/a/b`);
  assertEquals([disk.name, await disk.list()], [`${path}/a/b`, ["lock"]]);
  disk.close();
});

test("is for one at a time, and free when that one has closed it", async (path) => {
  const disk = await DataDirectory.open(path);
  for (let i = 0; i < 2; i++) {
    await assertRejects(
      () => DataDirectory.open(path),
      Deno.errors.Busy,
      `Cannot open ${path}: another server uses it`,
    );
  }
  disk.close();
  (await DataDirectory.open(path)).close();
});

diskTest("lists files and nothing else", async (disk, path) => {
  await Deno.mkdir(`${path}/directory`);
  await write(disk, "file", "");
  assertEquals((await disk.list()).sort(), ["file", "lock"]);
});

diskTest("makes no file whose name is taken", async (disk) => {
  await write(disk, "file", "kept");
  await assertRejects(() => disk.create("file"), Deno.errors.AlreadyExists);
  await assertRejects(() => disk.append("other", 0), Deno.errors.NotFound);
});

diskTest("appends behind as much of a file as is wanted, and cuts the rest", async (disk, path) => {
  await write(disk, "file", "abcdef");
  const file = await disk.append("file", 2);
  assertEquals(await Deno.readTextFile(`${path}/file`), "ab");
  file.write(utf8("xyz"));
  file.truncate(4);
  file.write(utf8("!"));
  await file.sync();
  file.close();
  assertEquals(await Deno.readTextFile(`${path}/file`), "abxy!");
});

diskTest("has what was written when a killed process would leave it", async (disk, path) => {
  const file = await disk.create("file");
  file.write(utf8("abc"));
  assertEquals(await Deno.readTextFile(`${path}/file`), "abc");
  file.close();
});

diskTest(
  "reserves room in zeros behind what was written, until it is closed",
  async (disk, path) => {
    const file = await disk.create("file");
    file.write(utf8("ab"));
    file.reserve(100_000);
    file.write(utf8("c"));
    assertEquals(await Deno.readFile(`${path}/file`), padded("abc", 100_002));
    file.reserve(10);
    file.write(utf8("d"));
    assertEquals(await Deno.readFile(`${path}/file`), padded("abcd", 100_012));
    file.close();
    assertEquals(await Deno.readTextFile(`${path}/file`), "abcd");
    file.close();
  },
);

function padded(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(utf8(text));
  return bytes;
}

diskTest("reads any part of a file, and less at its end", async (disk) => {
  await write(disk, "file", "abcdef");
  const reader = await disk.read("file");
  const room = new Uint8Array(4);
  assertEquals([reader.size, reader.read(1, room), textOf(room)], [6, 4, "bcde"]);
  assertEquals([reader.read(4, room), textOf(room.subarray(0, 2))], [2, "ef"]);
  assertEquals(reader.read(6, room), 0);
  reader.close();
});

diskTest(
  "renames over a file, removes one, and brings that to stable storage",
  async (disk, path) => {
    await write(disk, "a", "a");
    await write(disk, "b", "b");
    await write(disk, "c", "c");
    await disk.rename("a", "b");
    await disk.remove("c");
    await disk.sync();
    assertEquals((await disk.list()).sort(), ["b", "lock"]);
    assertEquals(await Deno.readTextFile(`${path}/b`), "a");
  },
);
