import { assertEquals, assertThrows } from "@std/assert";
import { endAfter } from "../../lib/handler/times.ts";
import { CommandError } from "../../lib/model/mod.ts";

Deno.test({
  name: "a time from now on ends within 64 bits, or its command is named",
  permissions: "none",
  fn() {
    assertEquals([endAfter(50, 1_000, "set"), endAfter(-50, 1_000, "set")], [1_050, 950]);
    assertEquals(endAfter(2 ** 63 - 4_096, 2_048, "set"), 2 ** 63 - 2_048);
    const message = "invalid expire time in 'psetex' command";
    assertThrows(() => endAfter(2 ** 63 - 4_096, 4_096, "psetex"), CommandError, message);
  },
});
