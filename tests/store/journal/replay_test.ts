import type { JournalRecord, RecordName } from "../../../lib/store/journal/records.ts";
import { Replayer, ReplayError } from "../../../lib/store/journal/replay.ts";
import type { Databases } from "../../../lib/store/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { hex, utf8 } from "../../codec/helpers.ts";
import { dump, newDatabases, START, stateOf } from "./helpers.ts";

const KEY = utf8("k");

/** A record; what is not given is as in a record without it. */
function record(name: RecordName, given: Partial<JournalRecord> = {}): JournalRecord {
  const nothing = new Uint8Array();
  const [key, value] = [nothing, nothing];
  return { name, more: false, store: 0, expiresAt: Infinity, version: 0, key, value, ...given };
}

/** EXTEND: a place, and the bytes behind it. */
function extension(place: string, tail: string, version: number): JournalRecord {
  return record("EXTEND", { key: KEY, value: hex(`00000000 000000${place} ${tail}`), version });
}

function set(value: string, version: number, expiresAt = Infinity): JournalRecord {
  return record("SET", { key: KEY, value: hex(value), version, expiresAt });
}

/** What records make of empty databases. */
async function replayed(
  records: readonly JournalRecord[],
): Promise<{ databases: Databases; version: number }> {
  const databases = newDatabases({ now: START });
  const replayer = new Replayer(databases);
  await databases.replay(() => {
    for (const record of records) replayer.take(record);
    return Promise.resolve(replayer.version);
  });
  return { databases, version: replayer.version };
}

function test(
  name: string,
  records: readonly JournalRecord[],
  expected: string,
  version: number,
): void {
  Deno.test({
    name: `Replayer ${name}`,
    permissions: "none",
    async fn() {
      const { databases } = await replayed(records);
      assertEquals([dump(databases), databases.version], [expected, version]);
    },
  });
}

test("makes nothing of nothing", [], "0,1,2\n", 0);
test(
  "takes a SET, with its version and its end",
  [set("0102", 7, START + 5)],
  "0,1,2\n0 6b 0102 1000005 7",
  7,
);
test(
  "takes the last of two SET",
  [set("01", 1, START + 5), set("02", 2)],
  "0,1,2\n0 6b 02 Infinity 2",
  2,
);
test(
  "takes a TOUCH: another end, another version, the same value",
  [set("01", 1), record("TOUCH", { key: KEY, expiresAt: START + 9, version: 2 })],
  "0,1,2\n0 6b 01 1000009 2",
  2,
);
test(
  "takes a TOUCH without an end: the entry never ends",
  [set("01", 1, START + 5), record("TOUCH", { key: KEY, version: 2 })],
  "0,1,2\n0 6b 01 Infinity 2",
  2,
);
test(
  "takes a DELETE, and goes on behind its version",
  [set("01", 1), record("DELETE", { key: KEY, version: 2 })],
  "0,1,2\n",
  2,
);
test(
  "takes a DELETE of what is not there",
  [record("DELETE", { key: KEY, version: 4 })],
  "0,1,2\n",
  4,
);
test(
  "takes a TOUCH of what is not there",
  [record("TOUCH", { key: KEY, version: 4 })],
  "0,1,2\n",
  4,
);
test(
  "takes an EXTEND, which leaves the end of the entry",
  [set("01", 1, START + 5), extension("01", "0203", 2)],
  "0,1,2\n0 6b 010203 1000005 2",
  2,
);
test(
  "passes over an EXTEND of an entry that is newer, as a snapshot may be",
  [set("010203", 9), extension("01", "02", 8), extension("02", "03", 9)],
  "0,1,2\n0 6b 010203 Infinity 9",
  9,
);
test(
  "passes over a TOUCH of an entry that is newer: what extends it comes again",
  [
    set("010203", 9, START + 5),
    record("TOUCH", { key: KEY, version: 7 }),
    extension("01", "02", 8),
  ],
  "0,1,2\n0 6b 010203 1000005 9",
  9,
);
test(
  "takes a CLEAR of one store",
  [
    set("01", 1),
    record("SET", { key: KEY, store: 1, version: 2 }),
    record("CLEAR", { version: 3 }),
  ],
  "0,1,2\n1 6b  Infinity 2",
  3,
);
test("takes an ORDER", [record("ORDER", { value: hex("02 00 01") })], "2,0,1\n", 0);
test(
  "takes a record for a store, whatever database it is",
  [record("ORDER", { value: hex("02 00 01") }), set("01", 1)],
  "2,0,1\n0 6b 01 Infinity 1",
  1,
);
test(
  "takes no entries from BEGIN, SYNCED and END, but the version of BEGIN",
  [record("BEGIN", { version: 40 }), record("SYNCED"), record("END")],
  "0,1,2\n",
  40,
);
test(
  "goes on behind the largest version, whatever came last",
  [set("01", 9), set("02", 3)],
  "0,1,2\n0 6b 02 Infinity 3",
  9,
);
test(
  "passes over an EXTEND whose entry has gone from a newer snapshot",
  [extension("03", "04", 8)],
  "0,1,2\n",
  8,
);
test(
  "passes over an EXTEND whose entry is a shorter one in a newer snapshot",
  [set("ff", 9, START + 5), extension("03", "04", 8)],
  "0,1,2\n0 6b ff 1000005 9",
  9,
);

Deno.test({
  name: "Replayer lets nothing expire while it replays",
  permissions: "none",
  async fn() {
    const { databases } = await replayed([
      set("01", 1, START - 5),
      extension("01", "02", 2),
      record("TOUCH", { key: KEY, expiresAt: START - 1, version: 3 }),
    ]);
    assertEquals(stateOf(databases).lines, [[0, "6b", "0102", START - 1, 3]]);
    assertEquals(databases.at(0).get(KEY), undefined);
  },
});

/** A record that cannot be taken, and why. */
function refuses(name: string, records: readonly JournalRecord[], message: string): void {
  Deno.test({
    name: `Replayer refuses ${name}`,
    permissions: "none",
    fn() {
      const replayer = new Replayer(newDatabases({ now: START }));
      for (const record of records.slice(0, -1)) replayer.take(record);
      assertThrows(() => replayer.take(records.at(-1)!), ReplayError, message);
    },
  });
}

refuses("a store that there is not", [record("SET", { store: 3 })], "there is no store 3, only 3");
refuses(
  "an EXTEND behind the end",
  [set("01", 1), extension("02", "02", 2)],
  "extended at 2 and has 1 bytes",
);
refuses(
  "an ORDER of too few",
  [record("ORDER", { value: hex("00 01") })],
  "an order of 2 stores, there are 3",
);
refuses(
  "an ORDER of too many",
  [record("ORDER", { value: hex("00 01 02 03") })],
  "an order of 4 stores",
);
refuses(
  "an ORDER with one twice",
  [record("ORDER", { value: hex("00 01 01") })],
  "an order of 3 stores",
);
refuses(
  "an ORDER with one that is not there",
  [record("ORDER", { value: hex("00 01 03") })],
  "an order of 3",
);
