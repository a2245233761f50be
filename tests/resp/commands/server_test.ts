import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("INFO takes any sections, in any case", () => {
  assertEquals(requestOf("info"), { op: "INFO", sections: [] });
  assertEquals(requestOf("INFO Memory x"), { op: "INFO", sections: ["memory", "x"] });
});

test("SHUTDOWN takes options that go together", () => {
  for (const options of ["", " nosave", " SAVE NOW FORCE", " now now"]) {
    assertEquals(requestOf(`shutdown${options}`), { op: "SHUTDOWN", abort: false });
  }
  assertEquals(requestOf("shutdown ABORT"), { op: "SHUTDOWN", abort: true });
  for (const options of ["foo", "save nosave", "abort now", "abort abort"]) {
    assertEquals(refusalOf(`shutdown ${options}`), "syntax error");
  }
});

test("LOLWUT takes the number of any version", () => {
  for (const options of ["", " foo", " version", " VERSION 5 1 1"]) {
    assertEquals(requestOf(`lolwut${options}`), { op: "LOLWUT" });
  }
  assertEquals(refusalOf("lolwut version x"), "value is not an integer or out of range");
});
