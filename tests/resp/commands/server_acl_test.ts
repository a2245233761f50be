import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("ACL asks for users, and for categories in any case", () => {
  assertEquals(requestOf("acl whoami"), { op: "ACL_WHOAMI" });
  assertEquals(requestOf("acl list"), { op: "ACL_LIST" });
  assertEquals(requestOf("acl users"), { op: "ACL_USERS" });
  assertEquals(requestOf("acl getuser Ann"), { op: "ACL_GETUSER", name: "Ann" });
  assertEquals(requestOf("acl cat"), { op: "ACL_CAT", category: undefined });
  assertEquals(requestOf("acl cat READ"), { op: "ACL_CAT", category: "read" });
});

test("ACL CAT takes one category", () => {
  assertEquals(
    refusalOf("acl cat a b"),
    "unknown subcommand or wrong number of arguments for 'CAT'. Try ACL HELP.",
  );
});
