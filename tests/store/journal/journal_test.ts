import type { JournalFailure } from "../../../lib/store/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { utf8 } from "../../codec/helpers.ts";
import { Random } from "../../random.ts";
import { dump, loaded, type Opened, type Opening, openOn, turns } from "./helpers.ts";
import { MemoryDisk, type Operation } from "./memory_disk.ts";

const KEY = utf8("k");
const FIRST = "journal-00000001.cafe";
/** How long the first record of a journal is. */
const BEGIN_SIZE = 51;

/** A journal on an empty disk, what was done to the disk since it was opened, and its first database. */
async function fresh(opening: Opening = {}) {
  const disk = new MemoryDisk();
  const opened = await openOn(disk, opening);
  const done: string[] = [];
  disk.onOperation = ({ kind }) => void done.push(kind);
  return { ...opened, disk, done, store: opened.databases.at(0) };
}

/** Lets operations of a kind fail from now on. */
function failing(disk: MemoryDisk, kind: Operation["kind"], message: string, written = 0): void {
  disk.onOperation = (operation) => operation.kind === kind ? { message, written } : undefined;
}

/** A sync that takes until it is told to end. */
function held(disk: MemoryDisk): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  disk.pace = () => promise;
  return () => {
    disk.pace = () => Promise.resolve();
    resolve();
  };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `Journal ${name}`, permissions: "none", fn });
}

/** What there is after each of many losses of power. */
async function afterCrashes(disk: MemoryDisk, { clock }: Opened): Promise<Set<string>> {
  const random = new Random(3);
  const found = new Set<string>();
  for (let crash = 0; crash < 40; crash++) {
    found.add(dump(await loaded(disk.crashed(random), clock)));
  }
  return found;
}

async function isKept(disk: MemoryDisk, opened: Opened): Promise<void> {
  assertEquals(await afterCrashes(disk, opened), new Set([dump(opened.databases)]));
}

test("does one write for all that happens in a turn, and no sync when none is asked for", async () => {
  const { journal, store, done } = await fresh();
  store.set(KEY, utf8("1"));
  const first = journal.settle(false);
  store.set(KEY, utf8("2"));
  assertEquals(await Promise.all([first, journal.settle(false)]), [undefined, undefined]);
  assertEquals(done, ["write"]);
  assertEquals(journal.figures.waitingBytes, 0);
});

test("has written when settle resolves, so that a killed process loses nothing", async () => {
  const opened = await fresh();
  opened.store.set(KEY, utf8("1"));
  assertEquals(await opened.journal.settle(false), undefined);
  assertEquals(dump(await loaded(opened.disk.killed(), opened.clock)), dump(opened.databases));
});

test("writes much in pieces, between which others run, and what comes meanwhile behind it", async () => {
  let pauses = 0;
  const pause = () => {
    pauses++;
    return turns(1);
  };
  const opened = await fresh({ pause, largeWrite: 1_000_000 });
  const { disk, journal, store } = opened;
  store.set(KEY, new Uint8Array(3_000_000).fill(7));
  const large = journal.settle(false);
  await turns(5);
  assert(pauses > 0 && pauses < 12, `${pauses} pauses`);
  store.set(KEY, utf8("small"));
  const [small, durable] = [journal.settle(false), journal.settle(true)];
  assertEquals(await Promise.all([large, small, durable]), [undefined, undefined, undefined]);
  assert(pauses >= 12, `${pauses} pauses`);
  assertEquals(dump(await loaded(disk.killed(), opened.clock)), dump(opened.databases));
  await isKept(disk, opened);
});

test("does one sync for all who wait, and another one for those who come while it runs", async () => {
  const opened = await fresh();
  const { disk, journal, store, done } = opened;
  const release = held(disk);
  store.set(KEY, utf8("1"));
  const first = [journal.settle(true), journal.settle(true)];
  await turns(10);
  store.set(KEY, utf8("2"));
  const later = [journal.settle(true), journal.settle(true), journal.settle(true)];
  await turns(10);
  assertEquals(done, ["write"]);
  release();
  await Promise.all([...first, ...later]);
  assertEquals(done, ["write", "sync", "write", "sync"]);
  await isKept(disk, opened);
});

test("writes while a sync runs, for those who ask for no sync", async () => {
  const { disk, journal, store, done } = await fresh();
  const release = held(disk);
  store.set(KEY, utf8("1"));
  const durable = journal.settle(true);
  await turns(10);
  store.set(KEY, utf8("2"));
  assertEquals(await journal.settle(false), undefined);
  assertEquals(done, ["write", "write"]);
  release();
  await durable;
});

test("syncs before settle resolves when the mode is always", async () => {
  const opened = await fresh({ settings: { fsync: "always" } });
  opened.store.set(KEY, utf8("1"));
  assertEquals(await opened.journal.settle(false), undefined);
  await isKept(opened.disk, opened);
});

test("syncs each second when the mode is everysec, and not when nothing has changed", async () => {
  const opened = await fresh({ settings: { fsync: "everysec" } });
  const { journal, store, disk, done } = opened;
  store.set(KEY, utf8("1"));
  assertEquals(journal.figures.unsynced, 1);
  await journal.tick();
  assertEquals([done, journal.figures.unsynced], [["write", "sync"], 0]);
  await isKept(disk, opened);
  done.length = 0;
  await journal.tick(); // The word that all is on stable storage, which needs no sync.
  await journal.tick();
  assertEquals(done, ["write"]);
});

test("writes each second what nobody waits for when the mode is never, and does not sync", async () => {
  const { journal, store, done } = await fresh();
  store.set(KEY, utf8("1"));
  await journal.tick();
  assertEquals([done, journal.figures.unsynced], [["write"], 1]);
});

test("takes another mode at any time", async () => {
  const { journal, store, done } = await fresh();
  journal.settings.fsync = "always";
  store.set(KEY, utf8("1"));
  await journal.settle(false);
  assertEquals(done, ["write", "sync"]);
});

test("settles at once what needs neither write nor sync", async () => {
  const { journal, done } = await fresh();
  await journal.settle(false); // The word that the file's beginning is on stable storage.
  assertEquals(done.splice(0), ["write"]);
  assertEquals([await journal.settle(false), await journal.settle(true)], [undefined, undefined]);
  assertEquals(done, []);
});

/** The place in each SYNCED that a file has about itself. */
function marksOf(bytes: Uint8Array): number[] {
  const nonce = bytes.subarray(BEGIN_SIZE - 12, BEGIN_SIZE - 4).toHex();
  const places = bytes.toHex().matchAll(/cafe01440004000000000010([0-9a-f]{16})([0-9a-f]{16})/g);
  return [...places].filter(([, , by]) => by === nonce)
    .map(([, place]) => Number.parseInt(place!, 16));
}

test("says with the write after a sync how much is on stable storage", async () => {
  const { disk, journal, store } = await fresh();
  store.set(KEY, utf8("1"));
  await journal.settle(true);
  const synced = journal.figures.journalBytes;
  assertEquals(marksOf(disk.files()[FIRST]!), [BEGIN_SIZE]);
  store.set(KEY, utf8("2"));
  await journal.settle(false);
  assertEquals(marksOf(disk.files()[FIRST]!), [BEGIN_SIZE, synced]);
  store.set(KEY, utf8("3"));
  await journal.settle(false);
  assertEquals(marksOf(disk.files()[FIRST]!), [BEGIN_SIZE, synced]);
});

test("keeps the order of a sync and a rotation that are asked for in one turn", async () => {
  for (const order of ["sync first", "rotation first"]) {
    const opened = await fresh();
    const { disk, journal, store } = opened;
    disk.pace = () => turns(7);
    store.set(KEY, new Uint8Array(300));
    const settled: Promise<JournalFailure | undefined>[] = [];
    if (order === "sync first") settled.push(journal.settle(true));
    journal.compact();
    settled.push(journal.settle(true));
    for (let change = 0; change < 30; change++) {
      store.append(KEY, utf8("x"));
      settled.push(journal.settle(change % 3 === 0));
      await turns(2);
    }
    assertEquals(new Set(await Promise.all(settled)), new Set([undefined]));
    await journal.compacted;
    store.append(KEY, utf8("y"));
    await journal.settle(false);
    const length = disk.files()["journal-00000002.cafe"]!.length;
    for (const mark of marksOf(disk.files()["journal-00000002.cafe"]!)) assert(mark < length);
    assertEquals(journal.failure, undefined);
  }
});

test("never says of a new file what was so of the one before", async () => {
  const opened = await fresh();
  const { disk, journal, store } = opened;
  disk.pace = () => turns(9);
  store.set(KEY, new Uint8Array(3_000));
  const durable = journal.settle(true);
  journal.compact();
  await durable;
  await journal.compacted;
  store.set(KEY, utf8("1"));
  await journal.settle(false);
  await afterCrashes(disk, opened); // Each is loaded.
  assert(marksOf(disk.files()["journal-00000002.cafe"]!).every((mark) => mark < 3_000));
});

test("has the end of a file on stable storage before another one goes on, also when it is but a word", async () => {
  const opened = await fresh();
  const { disk, journal, store } = opened;
  store.set(KEY, utf8("1"));
  await journal.settle(true);
  await journal.tick(); // The word that the change is on stable storage.
  let left: MemoryDisk | undefined;
  disk.onOperation = ({ kind, file }) => {
    if (left !== undefined || kind !== "create" || !file.endsWith(".part")) return undefined;
    store.set(KEY, utf8("2"));
    void journal.settle(true).then(() => left = disk.killed());
    return undefined;
  };
  journal.compact();
  await journal.compacted;
  await afterCrashes(left!, opened);
});

test("is written again after a failed sync by a snapshot, also when one could not be begun before", async () => {
  const opened = await fresh();
  const { disk, journal, store, log } = opened;
  store.set(KEY, utf8("1"));
  failing(disk, "sync", "EIO");
  assertEquals(await journal.settle(true), { kind: "sync", reason: "EIO" });
  disk.onOperation = ({ kind, number }) => {
    return kind === "sync" || (kind === "remove" && number > 0) ? { message: "EIO" } : undefined;
  };
  await journal.tick();
  assertEquals(journal.failure, { kind: "sync", reason: "EIO" });
  disk.onOperation = () => undefined;
  await journal.tick();
  assertEquals([journal.failure, log.at(-1)], [undefined, "the journal is written again"]);
  await isKept(disk, opened);
});
