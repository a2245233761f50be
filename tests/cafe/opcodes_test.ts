import { assertEquals } from "@std/assert";
import { opcodeName, REQUEST_OPCODES, RESPONSE_OPCODES } from "../../lib/cafe/mod.ts";

const PURE = { permissions: "none" } as const;

Deno.test("opcodes of requests are below 128, those of responses are not", PURE, () => {
  assertEquals(Object.values(REQUEST_OPCODES), Array.from({ length: 16 }, (_, i) => i + 1));
  assertEquals(Object.values(RESPONSE_OPCODES), [128, 129, 130, 131, 132, 133, 134]);
});

Deno.test("opcodeName says the name, or the number where there is none", PURE, () => {
  assertEquals([1, 16, 128, 134].map(opcodeName), ["GET", "WINDOW", "OK", "WINDOW"]);
  assertEquals([0, 17, 127, 135, 255].map(opcodeName), [
    "opcode 0",
    "opcode 17",
    "opcode 127",
    "opcode 135",
    "opcode 255",
  ]);
});
