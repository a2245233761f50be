import { redacted } from "../../../lib/server/resp/redact.ts";
import { RespCallDecoder } from "../../../lib/resp/mod.ts";
import { assertEquals } from "@std/assert";
import { decodeAll, textOf, utf8 } from "../../codec/helpers.ts";

function shown(line: string): string {
  const [call] = decodeAll(new RespCallDecoder(), utf8(`${line}\r\n`));
  return redacted(call!).map(textOf).join(" ");
}

Deno.test({
  name: "passwords are not shown, and everything else is",
  permissions: "none",
  fn() {
    assertEquals(shown("AUTH a"), "AUTH (redacted)");
    assertEquals(shown("AUTH a b"), "AUTH (redacted) (redacted)");
    assertEquals(
      shown("Hello 3 SETNAME n Auth u p"),
      "Hello 3 SETNAME n Auth (redacted) (redacted)",
    );
    assertEquals(shown("HELLO 3 AUTH AUTH AUTH"), "HELLO 3 AUTH (redacted) (redacted)");
    assertEquals(shown("SET auth secret"), "SET auth secret");
    assertEquals(
      shown("CONFIG SET maxmemory 1 Requirepass p save x"),
      "CONFIG SET maxmemory 1 Requirepass (redacted) save x",
    );
  },
});
