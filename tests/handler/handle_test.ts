import { handle } from "../../lib/handler/mod.ts";
import { count, ERROR_CODES, ok } from "../../lib/model/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";
import { Bench, NO_HEAD } from "./helpers.ts";

const KEY = utf8("key");

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name: `handle ${name}`, permissions: "none", fn: () => fn(new Bench()) });
}

test("answers an INVALID request with the error that it carries", ({ peer }) => {
  for (const code of ERROR_CODES) {
    const request = { op: "INVALID", code, message: "Cannot do it" } as const;
    assertEquals(handle(request, peer), {
      ...NO_HEAD,
      type: "ERR",
      code,
      message: "Cannot do it",
    });
  }
});

test("makes INTERNAL of a defect, tells onDefect, and goes on", (bench) => {
  const defect = new TypeError("x is not a function");
  bench.tick = () => {
    throw defect;
  };
  bench.assertError(
    { op: "SET", key: KEY, value: KEY, ttl: 5, version: undefined },
    "INTERNAL",
    "Cannot carry out SET: a fault of the server, see its log",
  );
  assertEquals(bench.defects, [defect]);
  bench.tick = () => bench.now;
  assertEquals(bench.run({ op: "PING", value: KEY }), ok(KEY));
});

test("makes INTERNAL of a defect that is no Error", (bench) => {
  bench.tick = () => {
    throw "oops"; // deno-lint-ignore no-throw-literal -- what a defect may throw
  };
  bench.assertError(
    { op: "STATS", section: utf8("server") },
    "INTERNAL",
    "Cannot carry out STATS: a fault of the server, see its log",
  );
  assertEquals(bench.defects, ["oops"]);
});

test("tells onDefect of no error that the request is to blame for", (bench) => {
  bench.run({ op: "STATS", section: KEY });
  bench.run({ op: "DELETE", key: KEY, version: 3 });
  assertEquals(bench.defects, []);
});

test("leaves id, checksum and QUIET to the session", ({ peer }) => {
  const head = { id: 7, quiet: true, checksum: true };
  const ping = { ...head, op: "PING", value: KEY } as const;
  const append = { ...head, op: "APPEND", key: KEY, value: KEY } as const;
  assertEquals([handle(ping, peer), handle(append, peer)], [ok(KEY), count(3)]);
});
