import { CommandError } from "../../../lib/model/mod.ts";
import { findCommand } from "../../../lib/resp/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { raw } from "../helpers.ts";

function parsed(line: string): unknown {
  const args = line.split(" ").map(raw);
  return findCommand(args)!.parse(args);
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("the commands of the connection are parsed", () => {
  assertEquals(parsed("ping"), { op: "CONNECTION_PING", message: undefined });
  assertEquals(parsed("PING a"), { op: "CONNECTION_PING", message: raw("a") });
  assertEquals(parsed("ECHO a"), { op: "ECHO", message: raw("a") });
  assertEquals(parsed("AUTH p"), { op: "AUTH", user: undefined, password: raw("p") });
  assertEquals(parsed("AUTH u p"), { op: "AUTH", user: raw("u"), password: raw("p") });
  assertEquals(parsed("SELECT 7"), { op: "SELECT", database: 7 });
  assertEquals(parsed("QUIT now"), { op: "QUIT" });
  assertEquals(parsed("RESET"), { op: "RESET" });
  assertEquals(parsed("MONITOR"), { op: "MONITOR" });
});

test("HELLO has its options in any order, and the last of each counts", () => {
  const op = "CONNECTION_HELLO";
  const none = { credentials: undefined, name: undefined };
  assertEquals(parsed("HELLO"), { op, version: undefined, ...none });
  assertEquals(parsed("HELLO 3"), { op, version: 3, ...none });
  const credentials = { user: raw("u"), password: raw("p") };
  const both = { op, version: 2, credentials, name: "n" };
  assertEquals(parsed("HELLO 2 AUTH u p SETNAME n"), both);
  assertEquals(parsed("HELLO 2 setname m setname n auth u p"), both);
  assertThrows(() => parsed("HELLO 2 SETNAME"), CommandError, "Syntax error in HELLO option");
});

test("a version that does not exist is told before what is behind it", () => {
  const request = {
    op: "CONNECTION_HELLO",
    version: 4,
    credentials: undefined,
    name: undefined,
  };
  assertEquals(parsed("HELLO 4 FOO"), request);
});
