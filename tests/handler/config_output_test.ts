import { SettingError } from "../../lib/handler/config_kinds.ts";
import { OUTPUT_LIMITS } from "../../lib/handler/config_output.ts";
import { assertEquals, assertThrows } from "@std/assert";

Deno.test({
  name: "the limits of pubsub are the ones that count; a hard one of 0 is none",
  permissions: "none",
  fn() {
    assertEquals(OUTPUT_LIMITS.parse("pubsub 32mb 8mb 60"), {
      hard: 32 * 1_024 ** 2,
      soft: 8 * 1_024 ** 2,
      seconds: 60,
    });
    const none = { hard: Number.MAX_SAFE_INTEGER, soft: 0, seconds: 0 };
    assertEquals(OUTPUT_LIMITS.parse("normal 0 0 0 PUBSUB 0 0 0"), none);
  },
});

Deno.test({
  name: "the limits that are shown are taken again",
  permissions: "none",
  fn() {
    for (const hard of [1, 16_777_216, Number.MAX_SAFE_INTEGER]) {
      const limits = { hard, soft: 7, seconds: 2_147_483 };
      assertEquals(OUTPUT_LIMITS.parse(OUTPUT_LIMITS.format(limits)), limits);
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
      ["pubsub 1 2 2147484", "Error in hard, soft or soft_seconds"],
      ["normal 1 2 3", "Only the limit of pubsub"],
    ];
    for (const [text, message] of refused) {
      assertThrows(() => OUTPUT_LIMITS.parse(text), SettingError, message);
    }
  },
});
