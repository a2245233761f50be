import { assert, assertEquals } from "@std/assert";
import { DecodeError } from "../../lib/codec/mod.ts";
import { CommandError, ERROR_CODES, errorFrom, ProtocolError } from "../../lib/model/mod.ts";

const PURE = { permissions: "none" } as const;

Deno.test("ERROR_CODES are upper case words, each once, and fit the key of an ERR", PURE, () => {
  assertEquals(new Set(ERROR_CODES).size, ERROR_CODES.length);
  for (const code of ERROR_CODES) assert(/^[A-Z]+(_[A-Z]+)*$/.test(code), code);
});

Deno.test("ERROR_CODES are the codes of docs/cafe.md", { permissions: { read: ["docs"] } }, () => {
  const document = Deno.readTextFileSync(new URL("../../docs/cafe.md", import.meta.url));
  const section = document.split("\n## 7. Errors\n")[1]!.split("\n### ")[0]!;
  const codes = [...section.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code]) => code!);
  assertEquals(codes.toSorted(), [...ERROR_CODES].toSorted());
});

Deno.test("ProtocolError is a DecodeError with the id of its request", PURE, () => {
  const error = new ProtocolError("TOO_LARGE", 12, "Cannot decode frame", 7);
  assert(error instanceof DecodeError);
  const { name, code, offset, id, message } = error;
  assertEquals({ name, code, offset, id, message }, {
    name: "ProtocolError",
    code: "TOO_LARGE",
    offset: 12,
    id: 7,
    message: "Cannot decode frame",
  });
  assertEquals(new ProtocolError("PROTOCOL", 0, "Cannot decode frame").id, undefined);
});

Deno.test("CommandError is no DecodeError: the connection goes on", PURE, () => {
  const error = new CommandError("CONFLICT", "Entry has another version");
  assertEquals([error.name, error.code], ["CommandError", "CONFLICT"]);
  assertEquals(error instanceof DecodeError, false);
});

Deno.test("errorFrom says the same as the error", PURE, () => {
  const plain = { id: undefined, checksum: false, type: "ERR" } as const;
  assertEquals(errorFrom(new CommandError("OVERFLOW", "Too much")), {
    ...plain,
    code: "OVERFLOW",
    message: "Too much",
  });
  assertEquals(errorFrom(new ProtocolError("CHECKSUM", 3, "Damaged")), {
    ...plain,
    code: "CHECKSUM",
    message: "Damaged",
  });
});
