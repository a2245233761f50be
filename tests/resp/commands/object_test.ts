import { assertEquals } from "@std/assert";
import { raw } from "../helpers.ts";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("the subcommands of OBJECT are parsed", () => {
  for (const about of ["encoding", "refcount", "idletime", "freq"] as const) {
    assertEquals(requestOf(`object ${about.toUpperCase()} k`), {
      op: "OBJECT",
      key: raw("k"),
      about,
    });
    const message = `wrong number of arguments for 'object|${about}' command`;
    assertEquals(refusalOf(`object ${about}`), message);
  }
});

test("OBJECT without a subcommand, or with one that there is not, is refused", () => {
  assertEquals(refusalOf("object"), "wrong number of arguments for 'object' command");
  assertEquals(refusalOf("object nope k"), "unknown subcommand 'nope'. Try OBJECT HELP.");
});
