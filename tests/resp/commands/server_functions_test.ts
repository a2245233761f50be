import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("FUNCTION FLUSH takes one mode, which makes no difference", () => {
  for (const mode of ["", " ASYNC", " sync"]) {
    assertEquals(requestOf(`function flush${mode}`), { op: "NOTHING" });
  }
  for (const mode of ["foo", "sync sync"]) {
    assertEquals(
      refusalOf(`function flush ${mode}`),
      "FUNCTION FLUSH only supports SYNC|ASYNC option",
    );
  }
});

test("FUNCTION LIST takes a pattern and WITHCODE", () => {
  for (const options of ["", " LIBRARYNAME x* withcode"]) {
    assertEquals(requestOf(`function list${options}`), { op: "NOTHING" });
  }
  assertEquals(refusalOf("function list Foo"), "Unknown argument Foo");
  assertEquals(refusalOf("function list libraryname"), "Unknown argument libraryname");
});
