import { whyNotReady } from "../../../lib/server/admin/readiness.ts";
import { newServices } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../../codec/helpers.ts";
import { openFrail } from "../../store/journal/frail_disk.ts";

Deno.test("a server is ready while it has entries, a journal that it can write, and room", {
  permissions: "none",
}, () => {
  assertEquals(whyNotReady("loading"), "loading the entries");
  assertEquals(whyNotReady("stopping"), "shutting down");
  const services = newServices({ limits: { maxConnections: 2 } });
  assertEquals(whyNotReady(services), undefined);
  services.counters.connections = 2;
  assertEquals(whyNotReady(services), "there are no free connections");
});

Deno.test("a server whose journal cannot be written is not ready until it can", {
  permissions: "none",
}, async () => {
  const { disk, databases, journal } = await openFrail(() => 0);
  const services = newServices({ databases, journal });
  assertEquals(whyNotReady(services), undefined);
  disk.writeFailure = "no space";
  databases.at(0).set(utf8("k"), utf8("v"));
  await journal.settle(false);
  assertEquals(whyNotReady(services), "the journal cannot be written");
  disk.writeFailure = "";
  await journal.close();
});
