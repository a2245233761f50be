import { repair } from "../../../lib/store/mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { changed, type Files, flip, salvaged, smallDirectory } from "./damage.ts";
import { openOn, stateOf } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { Random } from "../../random.ts";

const NAME = "journal-00000002.cafe";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

/** What a server has that opens the files, and what it says. */
async function served(disk: MemoryDisk) {
  const { databases, journal, log } = await openOn(disk);
  const state = stateOf(databases);
  await journal.close();
  return { state, log };
}

async function damaged(): Promise<MemoryDisk> {
  const { files } = await smallDirectory();
  return changed(files, NAME, flip(files[NAME]!.length >> 1));
}

test("repair leaves a directory that a server opens without a word, whatever byte was damaged", async () => {
  const { files } = await smallDirectory();
  for (const [name, { length }] of Object.entries(files)) {
    for (let at = 0; at < length; at++) {
      const disk = changed(files, name, flip(at, 0xff));
      const { databases, findings } = await salvaged(disk);
      if (!findings.isDamaged) continue;
      const state = stateOf(databases);
      await repair(disk, new MemoryDisk(), databases);
      assertEquals(await served(disk), { state, log: [] }, `${name} at ${at}`);
      assertEquals(disk.open, 0);
    }
  }
});

test("repair keeps the files byte for byte, those that are of no use as well", async () => {
  const disk = await damaged();
  const others = {
    "journal-00000001.cafe": Uint8Array.of(1),
    "snapshot-00000009.part": Uint8Array.of(2),
  };
  const before: Files = { ...disk.files(), ...others };
  const full = MemoryDisk.of({ ...before, lock: new Uint8Array(0) });
  const copy = new MemoryDisk();
  await repair(full, copy, (await salvaged(full)).databases);
  assertEquals(copy.files(), MemoryDisk.of(before).files());
  assertEquals(copy.crashed(new Random(1)).files(), copy.files());
  assertEquals(Object.keys(full.files()), [
    "journal-00000003.cafe",
    "lock",
    "snapshot-00000003.cafe",
  ]);
});

test("repair gives no version again that a lost change may have had", async () => {
  const { files } = await smallDirectory();
  const whole = (await salvaged(MemoryDisk.of(files))).databases.version;
  const disk = changed(files, NAME, (bytes) => bytes.fill(0, 100));
  await repair(disk, new MemoryDisk(), (await salvaged(disk)).databases);
  assert((await openOn(disk)).databases.version >= whole);
});

test("repair that fails, or is killed, at any operation leaves the old directory or the new one", async () => {
  const { databases } = await salvaged(await damaged());
  const state = stateOf(databases);
  for (const copyFails of [false, true]) {
    let failed = true;
    for (let at = 0; failed; at++) {
      const [disk, copy] = [await damaged(), new MemoryDisk()];
      const before = disk.files();
      failed = false;
      (copyFails ? copy : disk).onOperation = ({ number }) => {
        if (number !== at) return undefined;
        failed = true;
        return { message: "no space left", written: 3 };
      };
      const repaired = repair(disk, copy, databases);
      await (failed ? assertRejects(() => repaired) : repaired.catch(() => {}));
      for (
        const left of [
          disk.killed(),
          ...[1, 2, 3, 4].map((seed) => disk.crashed(new Random(seed))),
        ]
      ) {
        await assertOldOrNew(left, copy, before, state);
      }
      assertEquals([disk.open, copy.open], [0, 0]);
    }
  }
});

async function assertOldOrNew(
  disk: MemoryDisk,
  copy: MemoryDisk,
  before: Files,
  state: ReturnType<typeof stateOf>,
): Promise<void> {
  const files = disk.files();
  if (!Object.keys(files).includes("snapshot-00000003.cafe")) {
    for (const [name, bytes] of Object.entries(before)) assertEquals(files[name], bytes, name);
    assertEquals(stateOf((await salvaged(disk)).databases), state);
    return;
  }
  assertEquals((await served(disk)).state, state);
  assertEquals(copy.crashed(new Random(1)).files(), before);
}
