import { integer, list, ok, text } from "../../lib/model/mod.ts";
import { Bench } from "./helpers.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";

const KEY = new TextEncoder().encode("key");

Deno.test({
  name: "DEBUG SLEEP stops the process for its time",
  permissions: "none",
  fn() {
    const bench = new Bench();
    assertEquals(bench.run({ op: "DEBUG_SLEEP", ms: 1_500 }), ok());
    assertEquals(bench.asked, ["sleep 1500"]);
  },
});

Deno.test({
  name: "DEBUG LOG cannot write what looks like a line of the server",
  permissions: "none",
  fn() {
    const bench = new Bench();
    assertEquals(bench.run({ op: "DEBUG_LOG", line: "a\nlistening" }), ok());
    assertEquals(bench.asked, [String.raw`log DEBUG LOG: "a\nlistening"`]);
  },
});

Deno.test({
  name: "DEBUG SET-ACTIVE-EXPIRE leaves expired entries until they are met",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const { databases } = bench.services;
    bench.run({ op: "DEBUG_ACTIVE_EXPIRE", on: false });
    bench.peer.store.set(KEY, KEY, bench.now + 1);
    bench.now += 5;
    assertEquals([databases.sweep(10), bench.peer.store.size], [0, 1]);
    bench.run({ op: "DEBUG_ACTIVE_EXPIRE", on: true });
    assertEquals([databases.sweep(10), bench.peer.store.size], [1, 0]);
  },
});

Deno.test({
  name: "DEBUG OBJECT describes an entry, at the same place whatever its value",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const describe = () => {
      const response = bench.run({ op: "DEBUG_OBJECT", key: KEY });
      assert(response.type === "TEXT");
      return response.text;
    };
    bench.assertError({ op: "DEBUG_OBJECT", key: KEY }, "BAD_REQUEST", "no such key");
    bench.peer.store.set(KEY, new TextEncoder().encode("20000"));
    bench.now += 7_000;
    const before = describe();
    assertMatch(
      before,
      /^Value at:0x[0-9a-f]{12} refcount:1 encoding:int serializedlength:6 lru:\d+ lru_seconds_idle:7$/,
    );
    bench.peer.store.set(KEY, new TextEncoder().encode("text"));
    assertEquals(describe().split(" ")[1], before.split(" ")[1]);
    assertEquals(bench.run({ op: "DEBUG_PROTOCOL", type: "true" }), ok());
  },
});

Deno.test({
  name: "DEBUG HOTKEYS gives keys with their databases and shares",
  permissions: "none",
  fn() {
    const bench = new Bench();
    bench.services.statistics.hotKeys.look({ key: KEY }, 0);
    const hot = list([ok(KEY), integer(0), text("100.00%"), text("0.00%")]);
    assertEquals(bench.run({ op: "DEBUG_HOTKEYS", count: 5 }), list([hot]));
  },
});
