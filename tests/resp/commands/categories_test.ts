import { assertEquals } from "@std/assert";
import { categoriesOf, COMMANDS } from "../../../lib/resp/mod.ts";

const PING = COMMANDS.find(({ name }) => name === "ping")!;

Deno.test(
  "categories follow from group and flags, in the order of Redis",
  { permissions: "none" },
  () => {
    assertEquals(categoriesOf({ ...PING, group: "connection", flags: ["fast"] }), [
      "fast",
      "connection",
    ]);
    assertEquals(
      categoriesOf({ ...PING, group: "generic", flags: ["admin", "write", "blocking"] }),
      ["keyspace", "write", "admin", "slow", "blocking", "dangerous"],
    );
    assertEquals(categoriesOf({ ...PING, group: "bitmap", flags: ["readonly"] }), [
      "read",
      "bitmap",
      "slow",
    ]);
    assertEquals(categoriesOf({ ...PING, group: "transactions", flags: [] }), [
      "slow",
      "transaction",
    ]);
    assertEquals(categoriesOf({ ...PING, group: "pubsub", flags: ["pubsub"] }), ["pubsub", "slow"]);
  },
);

Deno.test("categories of an entry are added, and none twice", { permissions: "none" }, () => {
  const categories = ["dangerous", "keyspace"] as const;
  assertEquals(categoriesOf({ ...PING, group: "server", flags: [], categories }), [
    "keyspace",
    "slow",
    "dangerous",
  ]);
  assertEquals(categoriesOf({ ...PING, group: "generic", flags: ["admin"], categories }), [
    "keyspace",
    "admin",
    "slow",
    "dangerous",
  ]);
});

Deno.test("categories of a group are not those of its containers", { permissions: "none" }, () => {
  assertEquals(categoriesOf({ ...PING, group: "connection", flags: [], subcommands: [PING] }), [
    "slow",
  ]);
});
