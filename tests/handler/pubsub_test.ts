import { handle } from "../../lib/handler/mod.ts";
import { count, ok } from "../../lib/model/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";
import { Bench } from "./helpers.ts";

const NEWS = utf8("news");
const HI = utf8("hi");

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

test("PUBLISH answers with the number of receivers, the publisher among them", (bench) => {
  const publish = { op: "PUBLISH", channel: NEWS, message: HI } as const;
  assertEquals(bench.run(publish), count(0));
  assertEquals(bench.run({ op: "SUBSCRIBE", channel: NEWS, checksum: false }), ok());
  const other = { ...bench.peer, deliver: () => {} };
  handle({ op: "SUBSCRIBE", channel: NEWS, checksum: false }, other);
  assertEquals(bench.run(publish), count(2));
  assertEquals(bench.delivered, [[NEWS, HI, false]]);
  assertEquals(bench.run({ op: "UNSUBSCRIBE", channel: NEWS }), ok());
  assertEquals(bench.run(publish), count(1));
  assertEquals(bench.delivered.length, 1);
});

test("SUBSCRIBE with a checksum asks for messages with one", (bench) => {
  bench.run({ op: "SUBSCRIBE", channel: NEWS, checksum: true });
  bench.run({ op: "PUBLISH", channel: NEWS, message: HI });
  assertEquals(bench.delivered, [[NEWS, HI, true]]);
});

test("SUBSCRIBE is refused over maxSubscriptions, and again is not over", (bench) => {
  bench.run({ op: "SUBSCRIBE", channel: utf8("a"), checksum: false });
  bench.run({ op: "SUBSCRIBE", channel: utf8("b"), checksum: false });
  bench.assertError(
    { op: "SUBSCRIBE", channel: utf8("c"), checksum: false },
    "SUBSCRIPTION_LIMIT",
    "Cannot subscribe: the connection has 2 subscriptions, which is the limit (option maxSubscriptions)",
  );
  assertEquals(bench.run({ op: "SUBSCRIBE", channel: utf8("a"), checksum: false }), ok());
  bench.run({ op: "UNSUBSCRIBE", channel: utf8("a") });
  assertEquals(bench.run({ op: "SUBSCRIBE", channel: utf8("c"), checksum: false }), ok());
});

test("UNSUBSCRIBE from a channel that was not subscribed to is OK", (bench) => {
  assertEquals(bench.run({ op: "UNSUBSCRIBE", channel: NEWS }), ok());
});
