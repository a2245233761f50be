import { assertEquals } from "@std/assert";
import { findCommand, keysAmong, keySpecsOf } from "../../../lib/resp/mod.ts";
import { raw, shown } from "../helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `keys among arguments ${name}`, permissions: "none", fn });
}

/** The keys of a request, each with what is done with it. */
function keysOf(request: string): string[] {
  const args = request.split(" ").map(raw);
  const found = keysAmong(findCommand(args)!, args);
  return found.map(({ key, use }) => [shown(key), ...use].join(" "));
}

test("are one, or all, or every second", () => {
  assertEquals(keysOf("GET a"), ["a RO access"]);
  assertEquals(keysOf("mget a b a"), ["a RO access", "b RO access", "a RO access"]);
  assertEquals(keysOf("MSET a 1 b 2"), ["a OW update", "b OW update"]);
  assertEquals(keysOf("DEL a b"), ["a RM delete", "b RM delete"]);
});

test("are read or changed, where the entry does not say more", () => {
  const get = findCommand([raw("get"), raw("a")])!;
  assertEquals(keySpecsOf(get)[0]!.use, ["RO", "access"]);
  assertEquals(keySpecsOf({ ...get, flags: ["write"] })[0]!.use, ["RW", "access", "update"]);
  assertEquals(keySpecsOf(findCommand([raw("time")])!), []);
});

test("are used in several ways by one command", () => {
  assertEquals(keysOf("RENAME a b"), ["a RW access delete", "b OW update"]);
  assertEquals(keysOf("COPY a b REPLACE"), ["a RO access", "b OW update"]);
  assertEquals(keysOf("BITOP AND d a b"), ["d OW update", "a RO access", "b RO access"]);
});

test("are used as the arguments say", () => {
  assertEquals(keysOf("SET a 1"), ["a OW update"]);
  assertEquals(keysOf("SET a get"), ["a OW update"]);
  assertEquals(keysOf("SET a 1 NX gEt"), ["a RW access update"]);
  assertEquals(keysOf("BITFIELD a GET u8 0"), ["a RO access"]);
  assertEquals(keysOf("BITFIELD a GET u8 0 INCRBY u8 0 1"), ["a RW access update"]);
});

test("of a subcommand are counted behind both names", () => {
  assertEquals(keysOf("OBJECT encoding a"), ["a RO"]);
});
