import {
  bytes,
  MAX_INTEGER,
  parseBytes,
  SettingError,
  wholeNumber,
} from "../../lib/handler/config_kinds.ts";
import { assertEquals, assertThrows } from "@std/assert";

Deno.test({
  name: "bytes have decimal and binary units, in letters of any case",
  permissions: "none",
  fn() {
    const sizes = ["7", "7b", "1k", "1KB", "2m", "2Mb", "3g", "3gb"].map(parseBytes);
    assertEquals(sizes, [7, 7, 1_000, 1_024, 2e6, 2 * 1_024 ** 2, 3e9, 3 * 1_024 ** 3]);
    for (const text of ["", "b", "-1", "1.5k", "1 k", "1kib", "1constructor", "9".repeat(20)]) {
      assertThrows(() => parseBytes(text), SettingError, "argument must be a memory value");
    }
  },
});

Deno.test({
  name: "a whole number is written in digits and lies in its range",
  permissions: "none",
  fn() {
    const kind = wholeNumber(-1, 10);
    assertEquals(["-1", "0", "10"].map((text) => kind.parse(text)), [-1, 0, 10]);
    for (const text of ["", "1.0", "0x1", "1e1", " 1"]) {
      assertThrows(() => kind.parse(text), SettingError, "couldn't be parsed into an integer");
    }
    assertThrows(() => kind.parse("11"), SettingError, "must be between -1 and 10 inclusive");
    assertThrows(() => kind.parse("-2"), SettingError, "must be between -1 and 10 inclusive");
  },
});

Deno.test({
  name: "a number that is not exact becomes the largest that is",
  permissions: "none",
  fn() {
    const most = Number.MAX_SAFE_INTEGER;
    assertEquals(bytes().parse("9223372036854775807"), most);
    assertEquals(wholeNumber(0, MAX_INTEGER).parse("9007199254740993"), most);
    assertEquals(wholeNumber(0, MAX_INTEGER).parse("9007199254740991"), most);
  },
});
