import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { checkSecret, deriveKeys, isSame, type SessionKeys } from "../../lib/cafe/mod.ts";

const PURE = { permissions: "none" } as const;
const SECRET = new Uint8Array(16).fill(1);
const OFFER = new TextEncoder().encode("{}");
const NONCE = new Uint8Array(32);

function all(keys: SessionKeys): string[] {
  const { client, server, proof } = keys;
  return [client.sign, client.encrypt, server.sign, server.encrypt, proof].map((key) =>
    key.toHex()
  );
}

Deno.test("deriveKeys gives each use a key of 32 bytes of its own", PURE, () => {
  const keys = all(deriveKeys(SECRET, OFFER, NONCE, ["SIGNED"]));
  assertEquals(new Set(keys).size, 5);
  assert(keys.every((hex) => hex.length === 64));
});

const OTHERS: Readonly<Record<string, SessionKeys>> = {
  "another secret": deriveKeys(new Uint8Array(16).fill(2), OFFER, NONCE, ["SIGNED"]),
  "another offer": deriveKeys(SECRET, OFFER.subarray(1), NONCE, ["SIGNED"]),
  "another nonce": deriveKeys(SECRET, OFFER, NONCE.with(31, 1), ["SIGNED"]),
  "another grant": deriveKeys(SECRET, OFFER, NONCE, ["ENCRYPTED", "SIGNED"]),
};

for (const [what, keys] of Object.entries(OTHERS)) {
  Deno.test(`deriveKeys gives other keys for ${what}`, PURE, () => {
    const first = all(deriveKeys(SECRET, OFFER, NONCE, ["SIGNED"]));
    for (const [at, key] of all(keys).entries()) assertNotEquals(key, first[at]);
  });
}

Deno.test("checkSecret refuses a secret of 15 bytes and takes one of 16", PURE, () => {
  checkSecret(new Uint8Array(16));
  const error = assertThrows(() => checkSecret(new Uint8Array(15)), RangeError);
  assertEquals(
    error.message,
    "Cannot use a secret of 15 bytes: it must have at least 16 (option secret)",
  );
});

Deno.test("isSame compares lengths and bytes", PURE, () => {
  const bytes = Uint8Array.of(1, 2, 3);
  assert(isSame(bytes.slice(), bytes));
  assert(!isSame(Uint8Array.of(1, 2, 4), bytes));
  assert(!isSame(bytes.subarray(1), bytes));
  assert(!isSame(undefined, bytes));
});
