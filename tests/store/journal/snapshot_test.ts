import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Databases, JournalError } from "../../../lib/store/mod.ts";
import { load } from "../../../lib/store/journal/load.ts";
import { SnapshotStopped, writeSnapshot } from "../../../lib/store/journal/snapshot.ts";
import { utf8 } from "../../codec/helpers.ts";
import { Random } from "../../random.ts";
import { dump, newDatabases, type Opened, openOn, START } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `writeSnapshot ${name}`, permissions: "none", fn });
}

const clock = { now: START };

/** An open journal, and what happens between the steps of its snapshots. */
interface Stepping extends Opened {
  readonly disk: MemoryDisk;
  onPause: () => void;
}

async function stepping(): Promise<Stepping> {
  const disk = new MemoryDisk();
  const hooks = { onPause: () => {} };
  const opened = await openOn(disk, { pause: () => Promise.resolve(hooks.onPause()) });
  return Object.assign(hooks, { ...opened, disk });
}

async function snapshotOf({ journal }: Stepping): Promise<void> {
  journal.compact();
  await journal.compacted;
  assertEquals(journal.figures.reason, undefined);
}

/** What another process loads. */
async function reloaded(disk: MemoryDisk): Promise<Databases> {
  const databases = newDatabases(clock);
  await load(disk.killed(), databases);
  return databases;
}

/** So many entries of 1,000 bytes, which take several steps. */
function fill(databases: Databases, count: number): void {
  for (let at = 0; at < count; at++) {
    databases.at(at % 2).set(utf8(`k${at}`), new Uint8Array(1_000).fill(at));
  }
}

/** Writes a snapshot; at each step something is done to each key. Snapshot and journal give the state. */
async function changedMeanwhile(
  change: (databases: Databases, key: Uint8Array, step: number) => void,
): Promise<void> {
  const stepped = await stepping();
  const { databases, journal, disk } = stepped;
  fill(databases, 300);
  await journal.settle(true);
  let step = 0;
  stepped.onPause = () => {
    for (let at = step % 7; at < 300; at += 7) change(databases, utf8(`k${at}`), step);
    journal.endGroup();
    step++;
  };
  await snapshotOf(stepped);
  assert(step > 3, `${step} steps`);
  await journal.settle(false);
  assertEquals(dump(await reloaded(disk)), dump(databases));
  await journal.close();
}

test("may be followed by entries that are set between its steps", () =>
  changedMeanwhile((databases, key, step) => {
    databases.at(step % 3).set(key, Uint8Array.of(step), START + 1_000 + step);
  }));

test("may be followed by entries that are deleted, or expire at another time", () =>
  changedMeanwhile((databases, key, step) => {
    if (step % 3 === 0) databases.at(0).delete(key);
    else databases.at(step % 2).expire(key, START + 100 * step);
  }));

test("may be followed by entries that are moved to another database", () =>
  changedMeanwhile((databases, key, step) => {
    const from = databases.at(step % 2);
    const entry = from.get(key);
    if (entry === undefined) return;
    databases.at(2).set(key, entry.value, entry.expiresAt);
    from.delete(key);
  }));

test("may be followed by entries that grow", () =>
  changedMeanwhile((databases, key, step) =>
    void databases.at(step % 2).append(key, Uint8Array.of(step, step))
  ));

test("may miss an entry that grows and is deleted before its turn comes", () =>
  changedMeanwhile((databases, key, step) => {
    databases.at(step % 2).append(key, Uint8Array.of(step));
    databases.at(step % 2).delete(key);
  }));

test("may have a shorter value than the one that the journal extends before", () =>
  changedMeanwhile((databases, key, step) => {
    databases.at(step % 2).append(key, Uint8Array.of(step));
    databases.at(step % 2).set(key, Uint8Array.of(step));
  }));

test("may see everything removed, and databases change their places", () =>
  changedMeanwhile((databases, key, step) => {
    databases.at(0).append(key, Uint8Array.of(step));
    if (key.at(-1) === 0x37 && step % 2 === 0) databases.at(step % 3).clear();
    if (key.at(-1) === 0x38) databases.swap(0, step % 3);
  }));

test("and its journal give the state, whatever happens between its steps", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new Random(seed);
    await changedMeanwhile((databases, key) => {
      const store = databases.at(random.below(3));
      const choice = random.below(100);
      if (choice < 30) store.append(key, random.bytes(3));
      else if (choice < 60) store.set(key, random.bytes(random.below(2_000)));
      else if (choice < 80) store.delete(key);
      else if (choice < 90) store.expire(key, START + random.below(10_000) + 1);
      else if (choice === 90) store.clear();
      else if (choice === 91) databases.swap(random.below(3), random.below(3));
    });
  }
});

test("keeps a value of 3 MiB as it was when its turn came, though it changes between two writes", async () => {
  const stepped = await stepping();
  const { databases, journal, disk } = stepped;
  const key = utf8("large");
  databases.at(0).set(key, new Uint8Array(3 << 20).fill(7));
  let writes = 0;
  stepped.onPause = () => {
    databases.at(0).append(key, Uint8Array.of(++writes));
    if (writes === 2) databases.at(0).set(key, new Uint8Array(70_000).fill(8));
  };
  await snapshotOf(stepped);
  assert(writes >= 3, `${writes} writes`);
  await journal.settle(false);
  assertEquals(dump(await reloaded(disk)), dump(databases));
  await journal.close();
});

const never = new AbortController().signal;

/** What a snapshot is made with where nothing happens. */
function calm() {
  return {
    pause: () => Promise.resolve(),
    ready: () => Promise.resolve(true),
    version: 0,
    signal: never,
  };
}

test("stops at its next step when it is told to, and leaves no file", async () => {
  const disk = new MemoryDisk();
  const databases = newDatabases(clock);
  fill(databases, 300);
  const stop = new AbortController();
  const options = { ...calm(), signal: stop.signal, pause: () => Promise.resolve(stop.abort()) };
  await assertRejects(() => writeSnapshot(disk, 2, databases, options), SnapshotStopped);
  assertEquals([await disk.list(), disk.open], [[], 0]);
});

test("gets its name when it is whole, on stable storage, and the journal is ready", async () => {
  const disk = new MemoryDisk();
  const databases = newDatabases(clock);
  fill(databases, 3);
  const seen: string[] = [];
  disk.onOperation = ({ kind, file }) => void seen.push(`${kind} ${file}`);
  const ready = () => Promise.resolve(seen.push("ready") > 0);
  const length = await writeSnapshot(disk, 2, databases, { ...calm(), ready });
  const part = "snapshot-00000002.part";
  assertEquals(seen.slice(seen.indexOf("ready")), [
    "ready",
    ...[`write ${part}`, `sync ${part}`, `rename ${part}`],
    "settle ",
  ]);
  assertEquals(disk.files()["snapshot-00000002.cafe"]?.length, length);
});

test("leaves no file when the journal is not ready", async () => {
  const disk = new MemoryDisk();
  const ready = () => Promise.reject(new Error("no room"));
  await assertRejects(
    () => writeSnapshot(disk, 2, newDatabases(clock), { ...calm(), ready }),
    Error,
  );
  assertEquals([await disk.list(), disk.open], [[], 0]);
});

test("takes the place of a part that an earlier one has left", async () => {
  const disk = MemoryDisk.of({ "snapshot-00000002.part": Uint8Array.of(1, 2, 3) });
  await writeSnapshot(disk, 2, newDatabases(clock), calm());
  assertEquals(await disk.list(), ["snapshot-00000002.cafe"]);
});

test("is refused when one of its entries is missing", async () => {
  const stepped = await stepping();
  fill(stepped.databases, 1);
  await snapshotOf(stepped);
  await stepped.journal.close();
  const files = stepped.disk.files();
  const bytes = files["snapshot-00000002.cafe"]!;
  files["snapshot-00000002.cafe"] = bytes.slice(0, bytes.length - 32);
  await assertRejects(() => reloaded(MemoryDisk.of(files)), JournalError, "is damaged");
});

test("is refused when its journal lacks what was done while it was written", async () => {
  const stepped = await stepping();
  const { databases, journal, disk } = stepped;
  fill(databases, 300);
  stepped.onPause = () => {
    databases.at(0).set(utf8("a"), Uint8Array.of(1));
    databases.at(0).set(utf8("b"), Uint8Array.of(2));
  };
  await snapshotOf(stepped);
  const files = disk.files();
  const bytes = files["journal-00000002.cafe"]!;
  const length = journal.figures.journalBytes; // Behind it is room that was reserved.
  await assertRejects(
    () =>
      reloaded(
        MemoryDisk.of({ ...files, "journal-00000002.cafe": bytes.slice(0, length - 1) }),
      ),
    JournalError,
    "the snapshot needs the changes up to version",
  );
  await journal.close();
});
