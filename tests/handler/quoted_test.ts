import { quoted } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";

Deno.test("bytes are quoted as Redis does", { permissions: "none" }, () => {
  assertEquals(quoted(utf8(`az AZ~!'\\"`)), `"az AZ~!'\\\\\\""`);
  assertEquals(quoted(Uint8Array.of(10, 13, 9, 7, 8)), '"\\n\\r\\t\\a\\b"');
  assertEquals(
    quoted(Uint8Array.of(0, 1, 11, 31, 127, 128, 255)),
    '"\\x00\\x01\\x0b\\x1f\\x7f\\x80\\xff"',
  );
  assertEquals(quoted(new Uint8Array(0)), '""');
});
