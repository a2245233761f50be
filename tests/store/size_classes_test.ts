import {
  bytesOf,
  classFor,
  classWithin,
  LAST_CLASS,
  UNIT,
  unitsOf,
} from "../../lib/store/size_classes.ts";
import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("each size class is larger than the one before", () => {
  for (let size = 1; size <= LAST_CLASS; size++) assertLess(unitsOf(size - 1), unitsOf(size));
  assertEquals([bytesOf(1), bytesOf(64), bytesOf(65)], [16, 1_024, 1_152]);
});

test("classFor gives the smallest class that holds so many bytes, at most an eighth too large", () => {
  for (let bytes = 1; bytes <= bytesOf(LAST_CLASS); bytes++) {
    const size = classFor(bytes);
    if (bytesOf(size) < bytes || bytesOf(size - 1) >= bytes) assert(false, `${bytes} bytes`);
    assertLessOrEqual(bytesOf(size), Math.max(bytes + UNIT - 1, bytes * 9 / 8 + UNIT));
  }
});

test("classWithin gives the largest class that fits", () => {
  for (let units = 1; units <= 2 * unitsOf(LAST_CLASS); units++) {
    const size = classWithin(units);
    assert(unitsOf(size) <= units);
    assert(size === LAST_CLASS || unitsOf(size + 1) > units, `${units} units`);
  }
});
