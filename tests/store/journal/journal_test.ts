import { assertEquals } from "@std/assert";
import { utf8 } from "../../codec/helpers.ts";
import { dump, loaded, openOn, turns } from "./helpers.ts";
import { MemoryDisk, type Operation } from "./memory_disk.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `Journal ${name}`, permissions: "none", fn });
}

const KEY = utf8("k");
const FIRST = "journal-00000001.cafe";
const SECOND = "journal-00000002.cafe";

/** An open journal, and what it does to its disk from now on. */
async function watched(
  ...opening: Parameters<typeof openOn> extends [unknown, ...infer T] ? T : []
) {
  const disk = new MemoryDisk();
  const opened = await openOn(disk, ...opening);
  const seen: string[] = [];
  disk.onOperation = ({ kind }) => void seen.push(kind);
  return { ...opened, disk, seen };
}

/** Makes operations fail while `failing` says so. */
function fail(disk: MemoryDisk, failing: (operation: Operation) => boolean): void {
  disk.onOperation = (operation) => failing(operation) ? { message: "no room" } : undefined;
}

test("writes once a turn, however many wait", async () => {
  const { databases, journal, seen } = await watched();
  const settled = Array.from({ length: 10 }, (_, at) => {
    databases.at(0).set(KEY, Uint8Array.of(at));
    journal.endGroup();
    return journal.settle(false);
  });
  assertEquals(seen, []);
  assertEquals(new Set(await Promise.all(settled)), new Set([undefined]));
  assertEquals(seen, ["write"]);
  await journal.close();
});

test("syncs once for all that wait, and once more for those that came meanwhile", async () => {
  const { databases, journal, seen, disk } = await watched({ settings: { fsync: "always" } });
  const { promise, resolve } = Promise.withResolvers<void>();
  disk.pace = () => promise;
  const set = () => {
    databases.at(0).set(KEY, KEY);
    return journal.settle(false);
  };
  const first = [set(), set(), set()];
  await turns(10);
  const second = [set(), set()];
  resolve();
  await Promise.all([...first, ...second]);
  assertEquals(seen.filter((kind) => kind === "sync").length, 2);
  await journal.close();
});

test("syncs each second when the mode is everysec, and never by itself when it is never", async () => {
  for (const [fsync, syncs] of [["everysec", 1], ["never", 0]] as const) {
    const { databases, journal, seen } = await watched({ settings: { fsync } });
    databases.at(0).set(KEY, KEY);
    await journal.settle(false);
    assertEquals(seen, ["write"]);
    await journal.tick();
    await journal.tick();
    assertEquals(seen.filter((kind) => kind === "sync").length, syncs);
    await journal.close();
  }
});

test("tells who waits that a write has failed, and writes all when there is room again", async () => {
  const { databases, journal, disk, log } = await watched();
  fail(disk, ({ kind }) => kind === "write");
  databases.at(0).set(KEY, Uint8Array.of(1));
  const failure = { kind: "write", reason: "no room" } as const;
  assertEquals([await journal.settle(false), journal.failure], [failure, failure]);
  await journal.tick();
  assertEquals(journal.failure, failure);
  fail(disk, () => false);
  await journal.tick();
  assertEquals([journal.failure, await journal.settle(true), log.length], [
    undefined,
    undefined,
    2,
  ]);
  await journal.close();
  assertEquals(dump(await loaded(disk, { now: databases.now() })), dump(databases));
});

test("writes whole what no request has ended when there is room again", async () => {
  const { databases, journal, disk } = await watched();
  fail(disk, ({ kind }) => kind === "write");
  databases.at(0).set(KEY, Uint8Array.of(1));
  await journal.settle(false);
  databases.at(0).set(KEY, Uint8Array.of(2));
  fail(disk, () => false);
  await journal.tick();
  await journal.close();
  assertEquals(dump(await loaded(disk, { now: databases.now() })), dump(databases));
});

test("mends a failed sync by a snapshot, and not before", async () => {
  const { databases, journal, disk } = await watched();
  fail(disk, ({ kind }) => kind === "sync");
  databases.at(0).set(KEY, KEY);
  assertEquals((await journal.settle(true))?.kind, "sync");
  await journal.tick();
  assertEquals(journal.failure?.kind, "sync");
  fail(disk, () => false);
  await journal.tick();
  assertEquals(journal.failure, undefined);
  assertEquals(Object.keys(disk.files()), [SECOND, "snapshot-00000002.cafe"]);
  await journal.close();
});

test("begins a snapshot although a journal of its number was left behind", async () => {
  const { databases, journal, disk } = await watched();
  databases.at(0).set(KEY, KEY);
  fail(disk, ({ kind, file }) => kind === "settle" || (kind === "remove" && file === SECOND));
  journal.compact();
  await journal.compacted;
  assertEquals(Object.keys(disk.files()), [FIRST, SECOND]);
  fail(disk, () => false);
  journal.compact();
  await journal.compacted;
  assertEquals(journal.figures.reason, undefined);
  await journal.close();
});

test("writes nothing while its file is replaced, and then to the next one", async () => {
  const { databases, journal, disk } = await watched();
  databases.at(0).set(KEY, Uint8Array.of(1));
  const { promise, resolve } = Promise.withResolvers<void>();
  fail(disk, () => false);
  let held = false;
  disk.onOperation = ({ kind, file }) => {
    if (kind === "settle" && !held) [held, disk.pace] = [true, () => promise];
    if (held && kind === "write" && file === FIRST) databases.at(0).set(KEY, Uint8Array.of(2));
    return undefined;
  };
  journal.compact();
  await turns(50);
  let settled = false;
  const late = journal.settle(false).then(() => settled = true);
  await turns(50);
  assertEquals(settled, false);
  resolve();
  await late;
  await journal.compacted;
  await journal.close();
  assertEquals(dump(await loaded(disk, { now: databases.now() })), dump(databases));
});

test("is loaded as it was when it is closed, and leaves no file open", async () => {
  const { databases, journal, disk } = await watched();
  databases.at(1).set(KEY, KEY);
  databases.swap(0, 2);
  await journal.close();
  assertEquals(disk.open, 0);
  assertEquals(dump(await loaded(disk, { now: databases.now() })), dump(databases));
});
