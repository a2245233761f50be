import { assertEquals, assertThrows } from "@std/assert";
import { newServices } from "../../lib/server/mod.ts";

const PURE = { permissions: "none" } as const;

Deno.test("a server has no secret and requires nothing unless told", PURE, () => {
  const { secret, compress, required } = newServices().settings;
  assertEquals([secret.length, compress, required], [0, true, []]);
});

Deno.test("a server takes a secret as text or bytes", PURE, () => {
  const text = newServices({ protection: { secret: "0123456789abcdef" } }).settings.secret;
  const bytes = newServices({ protection: { secret: text.slice() } }).settings.secret;
  assertEquals(text, bytes);
});

Deno.test("a server refuses a secret that is too short", PURE, () => {
  assertThrows(() => newServices({ protection: { secret: "short" } }), RangeError, "option secret");
});

Deno.test("a server refuses to require what needs a secret without one", PURE, () => {
  const required = ["CHECKSUM", "SIGNED"] as const;
  const error = assertThrows(() => newServices({ protection: { required } }), RangeError);
  assertEquals(error.message, "Cannot require SIGNED: there is no secret (option secret)");
});
