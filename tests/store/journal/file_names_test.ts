import { assertEquals } from "@std/assert";
import {
  journalName,
  missingJournal,
  partName,
  planOf,
  snapshotName,
} from "../../../lib/store/journal/file_names.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("names of files have eight digits, or more when there are more", () => {
  assertEquals(journalName(1), "journal-00000001.cafe");
  assertEquals(snapshotName(123_456_789), "snapshot-123456789.cafe");
  assertEquals(partName(2), "snapshot-00000002.part");
});

test("planOf takes the newest snapshot, and the journals from its number on in their order", () => {
  const plan = planOf([journalName(100_000_000), journalName(3), snapshotName(3), journalName(4)]);
  assertEquals(plan, { snapshot: 3, journals: [3, 4, 100_000_000], stale: [] });
});

test("planOf has no use for what a snapshot holds, nor for what was not finished", () => {
  const stale = [journalName(1), snapshotName(2), journalName(2), partName(4)];
  const plan = planOf([...stale, snapshotName(3), journalName(3)]);
  assertEquals(plan, { snapshot: 3, journals: [3], stale });
});

test("planOf passes over files of others", () => {
  const names = ["lock", "journal-1.cafe", "journal-00000001.cafe~", "a-journal-00000001.cafe"];
  assertEquals(planOf(names), { snapshot: 0, journals: [], stale: [] });
});

test("missingJournal finds no gap in a directory that is whole, or empty", () => {
  for (const names of [[], [journalName(1)], [journalName(1), journalName(2)]]) {
    assertEquals(missingJournal(planOf(names)), undefined);
  }
  assertEquals(missingJournal(planOf([snapshotName(2), journalName(2)])), undefined);
});

test("missingJournal finds the first that is not there", () => {
  const missing = (...names: string[]) => missingJournal(planOf(names));
  assertEquals(missing(journalName(2)), 1);
  assertEquals(missing(journalName(1), journalName(3)), 2);
  assertEquals(missing(snapshotName(2)), 2);
  assertEquals(missing(snapshotName(2), journalName(3)), 2);
  assertEquals(missing(journalName(1), "journal-000000001.cafe"), 2);
});
