import { assertEquals } from "@std/assert";
import { persistenceSection } from "../../lib/handler/info_persistence.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { type FrailJournal, openFrail } from "../store/journal/frail_disk.ts";
import { Bench } from "./helpers.ts";

const KEY = Uint8Array.of(1);

interface Kept extends FrailJournal {
  readonly bench: Bench;
  readonly services: Services;
}

function test(name: string, fn: (kept: Kept) => Promise<void>): void {
  Deno.test({
    name: `INFO persistence ${name}`,
    permissions: "none",
    async fn() {
      const bench = new Bench();
      const frail = await openFrail(() => bench.now);
      await fn({ bench, services: { ...bench.services, ...frail }, ...frail });
    },
  });
}

Deno.test(
  "INFO persistence tells of no journal that there is none",
  { permissions: "none" },
  () => {
    const bench = new Bench();
    bench.peer.store.set(KEY, KEY);
    const fields = persistenceSection(bench.services);
    assertEquals([fields.aof_enabled, fields.rdb_changes_since_last_save], [0, 1]);
    assertEquals([fields.rdb_last_save_time, fields.rdb_last_bgsave_time_sec], [1_000, -1]);
    assertEquals("aof_current_size" in fields, false);
  },
);

test("tells how long a snapshot takes, and when it was whole", async (kept) => {
  const { bench, services, journal } = kept;
  journal.compact();
  bench.now += 2_500;
  let fields = persistenceSection(services);
  assertEquals([fields.rdb_bgsave_in_progress, fields.aof_rewrite_in_progress], [1, 1]);
  assertEquals([fields.rdb_current_bgsave_time_sec, fields.aof_current_rewrite_time_sec], [2, 2]);
  await journal.compacted;
  fields = persistenceSection(services);
  assertEquals([fields.rdb_bgsave_in_progress, fields.rdb_current_bgsave_time_sec], [0, -1]);
  assertEquals([fields.rdb_last_save_time, fields.rdb_last_bgsave_time_sec], [1_002, 2]);
  assertEquals(fields.aof_last_rewrite_time_sec, 2);
});

test("tells the sizes of the snapshot and of the journals behind it", async (kept) => {
  const { databases, services, journal } = kept;
  databases.at(0).set(KEY, new Uint8Array(1_000));
  const waiting = persistenceSection(services).aof_buffer_length;
  await journal.settle(false);
  journal.compact();
  await journal.compacted;
  const { journalBytes, snapshotBytes } = journal.figures;
  const fields = persistenceSection(services);
  assertEquals([Number(waiting) > 1_000, fields.aof_buffer_length], [true, 0]);
  assertEquals(fields.aof_base_size, snapshotBytes);
  assertEquals(fields.aof_current_size, snapshotBytes + journalBytes);
});

test("counts the changes since the last snapshot that was whole", async (kept) => {
  const { databases, services, journal, disk } = kept;
  const changes = () => persistenceSection(services).rdb_changes_since_last_save;
  databases.at(0).set(KEY, KEY);
  databases.at(0).delete(KEY);
  disk.syncFailure = "no room";
  journal.compact();
  await journal.compacted;
  assertEquals([changes(), persistenceSection(services).rdb_last_bgsave_status], [2, "err"]);
  disk.syncFailure = "";
  journal.compact();
  await journal.compacted;
  assertEquals([changes(), persistenceSection(services).aof_last_bgrewrite_status], [0, "ok"]);
});

test("tells when the journal cannot be written", async (kept) => {
  const { databases, services, journal, disk } = kept;
  databases.at(0).set(KEY, KEY);
  disk.writeFailure = "no room";
  await journal.settle(false);
  assertEquals(persistenceSection(services).aof_last_write_status, "err");
  disk.writeFailure = "";
  await journal.tick();
  assertEquals(persistenceSection(services).aof_last_write_status, "ok");
});
