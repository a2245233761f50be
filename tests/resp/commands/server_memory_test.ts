import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("MEMORY USAGE takes a key, and samples that it does not need", () => {
  const usage = { op: "MEMORY_USAGE", key: Uint8Array.of(0x6b) } as const;
  assertEquals(requestOf("memory usage k"), usage);
  assertEquals(requestOf("memory usage k SAMPLES 0 samples 5"), usage);
  for (const options of ["samples", "foo", "samples -1", "foo 1"]) {
    assertEquals(refusalOf(`memory usage k ${options}`), "syntax error");
  }
  assertEquals(
    refusalOf("memory usage k samples x"),
    "value is not an integer or out of range",
  );
});

test("the other subcommands of MEMORY take nothing", () => {
  assertEquals(requestOf("memory stats"), { op: "MEMORY_STATS" });
  assertEquals(requestOf("memory doctor"), { op: "MEMORY_DOCTOR" });
  assertEquals(requestOf("memory purge"), { op: "NOTHING" });
  assertEquals(requestOf("memory malloc-stats"), { op: "NOTHING" });
});
