import { assertEquals } from "@std/assert";
import { handle } from "../../lib/handler/mod.ts";
import { integer } from "../../lib/model/mod.ts";
import { utf8 } from "../codec/helpers.ts";
import { openFrail } from "../store/journal/frail_disk.ts";
import { Bench } from "./helpers.ts";

Deno.test("COMPACT is refused while nothing is kept on disk", { permissions: "none" }, () => {
  new Bench().assertError(
    { op: "COMPACT" },
    "NOT_DURABLE",
    "Cannot compact: the server keeps nothing on disk (option data)",
  );
});

Deno.test("LAST_SAVE tells when the server started, then when the last snapshot was whole", {
  permissions: "none",
}, async () => {
  const bench = new Bench();
  assertEquals(bench.run({ op: "LAST_SAVE" }), integer(1_000));
  const frail = await openFrail(() => bench.now);
  const peer = { ...bench.peer, services: { ...bench.services, ...frail } };
  bench.now += 5_999;
  assertEquals(handle({ op: "LAST_SAVE" }, peer), integer(1_000));
  frail.journal.compact();
  await frail.journal.compacted;
  assertEquals(handle({ op: "LAST_SAVE" }, peer), integer(1_005));
});

Deno.test("STATS tells of the journal, with what has failed", { permissions: "none" }, async () => {
  const bench = new Bench();
  const frail = await openFrail(() => bench.now, { fsync: "never" });
  const peer = { ...bench.peer, services: { ...bench.services, ...frail } };
  const stats = () => {
    const response = handle({ op: "STATS", section: utf8("journal") }, peer);
    return response.type === "TEXT" ? response.text.split("\n") : [];
  };
  const { journalBytes } = frail.journal.figures;
  frail.databases.at(0).set(utf8("k"), utf8("v"));
  const [fsync, bytes, snapshot, waiting, ...rest] = stats();
  assertEquals(
    [fsync, bytes, snapshot],
    ["journal_fsync: never", `journal_bytes: ${journalBytes}`, "snapshot_bytes: 0"],
  );
  assertEquals(waiting, `journal_waiting_bytes: ${frail.journal.figures.waitingBytes}`);
  assertEquals(rest, [
    "changes_not_synced: 1",
    "changes_since_snapshot: 1",
    "compacting: no",
    "last_compaction: none",
    "journal_failure: none",
    "",
  ]);
  frail.disk.writeFailure = "no\nroom";
  await frail.journal.settle(false);
  assertEquals(stats().at(-2), "journal_failure: the journal could not be written: no room");
});
