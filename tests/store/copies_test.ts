import { copyOfPart } from "../../lib/store/copies.ts";
import { assertEquals } from "@std/assert";

Deno.test("copyOfPart gives copies that no later one writes to, of all sizes", {
  permissions: "none",
}, () => {
  const buffer = new Uint8Array(40_100).map((_, at) => at * 7);
  const bytes = buffer.subarray(100);
  const copies = Array.from({ length: 200 }, (_, at) => {
    const length = [0, 1, 64, 1_000, 8_192, 8_193, 32_767][at % 7]!;
    return { at, length, copy: copyOfPart(bytes, at, length) };
  });
  const before = bytes.slice();
  buffer.fill(0);
  for (const { at, length, copy } of copies) assertEquals(copy, before.subarray(at, at + length));
});
