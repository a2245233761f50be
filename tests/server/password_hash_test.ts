import { formatHash, hashPassword, isPassword, parseHash } from "../../lib/server/mod.ts";
import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";

const PURE = { permissions: "none" } as const;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** RFC 7914, section 12: the password "pleaseletmein", the salt "SodiumChloride", N 16384, r 8, p 1. */
const VECTOR = "7023bdcb3afd7348461c06cd81fd38eb" + "fda8fbba904f8e3ea9b543f6545da1f2" +
  "d5432955613f0fcf62d49705242a9af9" + "e61e85dc0d651e40dfcf017b45575887";

Deno.test("a password is that of its hash, as RFC 7914 works it out", PURE, async () => {
  const hash = {
    cost: 16_384,
    blockSize: 8,
    parallelization: 1,
    salt: bytes("SodiumChloride"),
    hash: Uint8Array.fromHex(VECTOR),
  };
  assert(await isPassword(bytes("pleaseletmein"), hash));
  assert(!await isPassword(bytes("pleaseletmeim"), hash));
  assert(!await isPassword(bytes(""), hash));
});

Deno.test(
  "the hash of a password has another salt each time, and can be written and read",
  PURE,
  async () => {
    const [one, other] = await Promise.all([hashPassword(bytes("a")), hashPassword(bytes("a"))]);
    assertNotEquals(one.salt, other.salt);
    const text = formatHash(one);
    assertMatch(text, /^scrypt:16384:8:1:[\w+/]{22}==:[\w+/]{43}=$/);
    assertEquals(parseHash(text), one);
  },
);

Deno.test("many passwords are looked at, some at a time", PURE, async () => {
  const hash = await hashPassword(bytes("b"));
  const all = await Promise.all(
    ["a", "b", "c", "b", "d"].map((text) => isPassword(bytes(text), hash)),
  );
  assertEquals(all, [false, true, false, true, false]);
});

const SALT = "A".repeat(22) + "==";
const HASH = "A".repeat(43) + "=";

Deno.test("what is no hash, too weak or too large is refused, and not shown", PURE, () => {
  const wrong: readonly (readonly [string, string])[] = [
    ["secret", "it is not scrypt:N:r:p:SALT:HASH"],
    ["", "it is not scrypt"],
    [`scrypt:16384:8:1:${SALT}`, "it is not scrypt"],
    [`scrypt:16383:8:1:${SALT}:${HASH}`, "N 16383 must be a power of two from 1024"],
    [`scrypt:2:8:1:${SALT}:${HASH}`, "N 2 must be"],
    [`scrypt:16384:0:1:${SALT}:${HASH}`, "must take from 1 to"],
    [`scrypt:536870912:8:1:${SALT}:${HASH}`, "must take from 1 to"],
    [`scrypt:16384:8:0:${SALT}:${HASH}`, "p 0 must be from 1 to 16"],
    [`scrypt:16384:8:1:!!!!:${HASH}`, "the salt is not base64"],
    [`scrypt:16384:8:1:${SALT}:AAAA`, "the hash has 3 bytes, and must have from 16 to 64"],
  ];
  for (const [text, message] of wrong) {
    const error = assertThrows(() => parseHash(text), RangeError, message);
    assert(text === "" || !error.message.includes(text), text);
  }
});
