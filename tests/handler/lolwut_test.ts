import { Bench } from "./helpers.ts";
import { assert, assertMatch } from "@std/assert";

Deno.test({
  name: "LOLWUT ends with the version",
  permissions: "none",
  fn() {
    const response = new Bench().run({ op: "LOLWUT" });
    assert(response.type === "TEXT");
    assertMatch(response.text, /\n\nCortado ver\. \d+\.\d+\.\d+\n$/);
  },
});
