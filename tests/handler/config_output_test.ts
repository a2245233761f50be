import { SettingError } from "../../lib/handler/config_kinds.ts";
import { OUTPUT_LIMITS } from "../../lib/handler/config_output.ts";
import { assertEquals, assertThrows } from "@std/assert";

Deno.test({
  name: "the limit of pubsub is the hard one; 0 is none",
  permissions: "none",
  fn() {
    assertEquals(OUTPUT_LIMITS.parse("pubsub 32mb 8mb 60"), 32 * 1_024 ** 2);
    assertEquals(OUTPUT_LIMITS.parse("normal 0 0 0 PUBSUB 0 0 0"), Number.MAX_SAFE_INTEGER);
  },
});

Deno.test({
  name: "the limits that are shown are taken again",
  permissions: "none",
  fn() {
    for (const limit of [1, 16_777_216, Number.MAX_SAFE_INTEGER]) {
      assertEquals(OUTPUT_LIMITS.parse(OUTPUT_LIMITS.format(limit)), limit);
    }
  },
});

Deno.test({
  name: "limits that are not four words for a class each are refused",
  permissions: "none",
  fn() {
    const refused: readonly (readonly [string, string])[] = [
      ["pubsub 1 2", "Wrong number of arguments"],
      ["nobody 1 2 3", "Invalid client class"],
      ["pubsub x 2 3", "Error in hard, soft or soft_seconds"],
      ["pubsub 1 2 x", "Error in hard, soft or soft_seconds"],
      ["normal 1 2 3", "Only the limit of pubsub"],
    ];
    for (const [text, message] of refused) {
      assertThrows(() => OUTPUT_LIMITS.parse(text), SettingError, message);
    }
  },
});
