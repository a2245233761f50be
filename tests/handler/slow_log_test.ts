import { SlowLog } from "../../lib/handler/mod.ts";
import { count, list } from "../../lib/model/mod.ts";
import { Bench } from "./helpers.ts";
import { assertEquals } from "@std/assert";

const UTF8 = new TextEncoder();
const TEXT = new TextDecoder();

function slow(...args: readonly string[]) {
  return {
    time: 5_500,
    micros: 12.7,
    args: args.map((text) => UTF8.encode(text)),
    address: "127.0.0.1:9",
    clientName: "me",
  };
}

function kept(...args: readonly string[]): string[] {
  const log = new SlowLog();
  log.add(slow(...args), 10);
  return log.newest(1)[0]!.args.map((argument) => TEXT.decode(argument));
}

Deno.test({
  name: "the slow log gives the last entries first, and forgets those over its length",
  permissions: "none",
  fn() {
    const log = new SlowLog();
    for (let id = 0; id < 5; id++) log.add(slow("get", String(id)), 3);
    assertEquals(log.length, 3);
    assertEquals(log.newest(2).map(({ id }) => id), [4, 3]);
    assertEquals(log.newest(Infinity).map(({ id }) => id), [4, 3, 2]);
    log.reset();
    log.add(slow("get"), 3);
    assertEquals(log.newest(9).map(({ id }) => id), [5]);
    log.add(slow("get"), 0);
    assertEquals(log.length, 0);
  },
});

Deno.test({
  name: "the slow log keeps 32 arguments of 128 bytes, and says how much it left out",
  permissions: "none",
  fn() {
    const long = "x".repeat(130);
    assertEquals(kept("set", long), ["set", "x".repeat(128) + "... (2 more bytes)"]);
    const many = Array.from({ length: 40 }, (_, at) => String(at));
    assertEquals(kept(...many), [...many.slice(0, 31), "... (9 more arguments)"]);
    assertEquals(kept(...many.slice(0, 32)), many.slice(0, 32));
  },
});

Deno.test({
  name: "the slow log does not hold the bytes that a request came in",
  permissions: "none",
  fn() {
    const log = new SlowLog();
    const block = new Uint8Array(1_000_000);
    log.add({ ...slow(), args: [block.subarray(0, 3)] }, 10);
    assertEquals(log.newest(1)[0]!.args[0]!.buffer.byteLength, 3);
  },
});

Deno.test({
  name: "SLOWLOG gives, counts and forgets the entries",
  permissions: "none",
  fn() {
    const bench = new Bench();
    bench.services.statistics.slowLog.add(slow("get", "k"), 10);
    const response = bench.run({ op: "SLOWLOG_GET", count: 10 });
    const entry = response.type === "LIST" && response.items[0];
    const values = entry && entry.type === "LIST" &&
      entry.items.slice(0, 3).map((item) => item.type === "INTEGER" ? item.value : item.type);
    assertEquals(values, [0, 5, 12]);
    assertEquals(bench.run({ op: "SLOWLOG_LEN" }), count(1));
    bench.run({ op: "SLOWLOG_RESET" });
    assertEquals(bench.run({ op: "SLOWLOG_GET", count: 10 }), list([]));
  },
});
