import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("BGSAVE takes SCHEDULE, and nothing else", () => {
  assertEquals(requestOf("bgsave"), { op: "COMPACT" });
  assertEquals(requestOf("BGSAVE schedule"), { op: "COMPACT" });
  assertEquals(refusalOf("bgsave now"), "syntax error");
  assertEquals(refusalOf("bgsave schedule now"), "syntax error");
});

test("BGREWRITEAOF asks for what BGSAVE does", () => {
  assertEquals(requestOf("bgrewriteaof"), { op: "COMPACT" });
});
