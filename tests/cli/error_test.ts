import { describe } from "../../lib/cli/error.ts";
import { assertEquals } from "@std/assert";

Deno.test(
  "an error is told in one line without what does not print",
  { permissions: "none" },
  () => {
    const text = "a\nb\t\x1b[31m\x9b31m\u202e\u2066\u{e0001}é 日";
    assertEquals(
      describe(new Error(text)),
      "a\\nb\\t\\u001b[31m\\u009b31m\\u202e\\u2066\\ue0001é 日",
    );
  },
);
