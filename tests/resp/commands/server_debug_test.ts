import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("DEBUG SLEEP reads seconds as C does, up to an hour", () => {
  const sleeps = ["0.25", "x", "-1", "1e9"].map((seconds) => requestOf(`debug sleep ${seconds}`));
  assertEquals(sleeps, [250, 0, 0, 3_600_000].map((ms) => ({ op: "DEBUG_SLEEP", ms })));
});

test("DEBUG takes its subcommands in any case, with their number of arguments", () => {
  assertEquals(requestOf("debug SET-ACTIVE-EXPIRE 0"), { op: "DEBUG_ACTIVE_EXPIRE", on: false });
  assertEquals(requestOf("debug set-active-expire 1"), { op: "DEBUG_ACTIVE_EXPIRE", on: true });
  assertEquals(requestOf("debug object k fast"), { op: "DEBUG_OBJECT", key: Uint8Array.of(0x6b) });
  assertEquals(requestOf("debug log hi"), { op: "DEBUG_LOG", line: "hi" });
  assertEquals(requestOf("debug loadaof"), { op: "NOTHING" });
  assertEquals(requestOf("debug reload nosave"), { op: "NOTHING" });
  assertEquals(requestOf("debug protocol TRUE"), { op: "DEBUG_PROTOCOL", type: "true" });
  assertEquals(requestOf("debug help"), { op: "DEBUG_HELP" });
});

test("DEBUG says what it does not know", () => {
  for (const name of ["jmap", "sleep", "constructor"]) {
    assertEquals(
      refusalOf(`debug ${name}`),
      `unknown subcommand or wrong number of arguments for '${name}'. Try DEBUG HELP.`,
    );
  }
  assertEquals(
    refusalOf("debug protocol push"),
    "Wrong protocol type name. Please use one of the following: " +
      "string|integer|double|bignum|null|array|set|map|attrib|verbatim|true|false",
  );
});
