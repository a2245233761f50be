import { assertEquals } from "@std/assert";
import { flagNames, FLAGS, RESERVED_FLAGS } from "../../lib/cafe/mod.ts";

const PURE = { permissions: "none" } as const;

Deno.test("flagNames says the names in the order of their bits", PURE, () => {
  assertEquals(flagNames(FLAGS.QUIET | FLAGS.TTL), "TTL, QUIET");
});

Deno.test("flagNames says bits without a name in hex", PURE, () => {
  assertEquals(flagNames(FLAGS.ID | 0x0400), "ID, 0x0400");
  assertEquals(flagNames(0xf000), "0xf000");
});

Deno.test("flagNames of no flags is empty", PURE, () => {
  assertEquals(flagNames(0), "");
});

Deno.test("flags are the low ten bits, one each, and the reserved bits follow", PURE, () => {
  const bits = Object.values(FLAGS);
  assertEquals(bits, Array.from({ length: 10 }, (_, i) => 2 ** i));
  assertEquals(RESERVED_FLAGS, 0x0400 | 0x0800);
});
