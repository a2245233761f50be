import { assertEquals } from "@std/assert";
import { dissector } from "../../lib/inspect/mod.ts";
import { run } from "./helpers.ts";

Deno.test("dissector prints the dissector", { permissions: "none" }, async () => {
  assertEquals(await run(["dissector"]), {
    code: 0,
    bytes: new TextEncoder().encode(dissector()),
    stdout: dissector(),
    stderr: "",
  });
});
