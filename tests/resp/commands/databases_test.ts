import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("DBSIZE is parsed", () => {
  assertEquals(requestOf("dbsize"), { op: "DATABASE_SIZE" });
});

test("FLUSHDB and FLUSHALL take one mode, which makes no difference", () => {
  for (const mode of ["", " sync", " ASYNC"]) {
    assertEquals(requestOf(`flushdb${mode}`), { op: "FLUSH", scope: "database" });
    assertEquals(requestOf(`flushall${mode}`), { op: "FLUSH", scope: "all" });
  }
  for (const mode of ["nope", "sync async", "sync sync", '""']) {
    assertEquals(refusalOf(`flushdb ${mode}`), "syntax error");
    assertEquals(refusalOf(`flushall ${mode}`), "syntax error");
  }
});

test("SWAPDB takes 32-bit integers, and says which one is none", () => {
  assertEquals(requestOf("swapdb 1 -2"), { op: "SWAP_DATABASES", first: 1, second: -2 });
  for (const wrong of ["x", "2147483648", "-2147483649", "99999999999999999999"]) {
    assertEquals(refusalOf(`swapdb ${wrong} x`), "invalid first DB index");
    assertEquals(refusalOf(`swapdb 1 ${wrong}`), "invalid second DB index");
  }
});
