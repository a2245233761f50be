import { Outside } from "../../lib/store/outside.ts";
import { assertEquals, assertStrictEquals } from "@std/assert";

Deno.test("Outside keeps arrays by numbers, which it uses again, and counts their buffers", {
  permissions: "none",
}, () => {
  const outside = new Outside();
  const arrays = [10, 20, 30].map((size) => new Uint8Array(size));
  const numbers = arrays.map((array) => outside.add(array));
  arrays.forEach((array, at) => assertStrictEquals(outside.at(numbers[at]!), array));
  assertEquals(outside.memory, 60);
  outside.replace(numbers[0]!, new Uint8Array(15).subarray(0, 3));
  assertEquals([outside.at(numbers[0]!).length, outside.memory], [3, 65]);
  outside.delete(numbers[1]!);
  assertEquals(outside.memory, 45);
  assertEquals(outside.add(arrays[2]!), numbers[1]);
  outside.clear();
  assertEquals([outside.memory, outside.add(arrays[0]!)], [0, 0]);
});
