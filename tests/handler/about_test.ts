import { VERSION } from "../../lib/handler/mod.ts";
import { ok } from "../../lib/model/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";
import { Bench } from "./helpers.ts";

const NONE = new Uint8Array(0);

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

test("PING answers with what was sent, and with PONG to nothing", (bench) => {
  assertEquals(bench.run({ op: "PING", value: NONE }), ok(utf8("PONG")));
  assertEquals(bench.run({ op: "PING", value: utf8("\0x") }), ok(utf8("\0x")));
});

test("HELLO describes the server in JSON, whoever asks", (bench) => {
  const response = bench.run({ op: "HELLO", user: utf8("ann"), password: utf8("secret") });
  assertEquals(response.type === "TEXT" && JSON.parse(response.text), {
    server: "cortado",
    version: VERSION,
    protocol: 1,
    limits: { maxKeySize: 100, maxValueSize: 40 },
    window: { requests: 0, bytes: 0 },
  });
});
