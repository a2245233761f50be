/**
 * The keys of one connection (docs/cafe.md, section 9).
 *
 * @module
 */

import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { AgreedFlag } from "./offer.ts";

/** The keys of what one side sends; 32 bytes each. */
export interface SideKeys {
  /** For HMAC-SHA-256. */
  readonly sign: Uint8Array;
  /** For AES-256-GCM. */
  readonly encrypt: Uint8Array;
}

/** The keys of one connection. */
export interface SessionKeys {
  /** For the frames that the client sends. */
  readonly client: SideKeys;
  /** For the frames that the server sends. */
  readonly server: SideKeys;
  /** What the server shows in its reply to HELLO. */
  readonly proof: Uint8Array;
}

/** The shortest secret, in bytes: a shorter one can be guessed from what was overheard. */
export const MIN_SECRET_SIZE = 16;

const KEY_SIZE = 32;

/**
 * Checks a secret.
 *
 * @throws {RangeError} When it is shorter than {@linkcode MIN_SECRET_SIZE}.
 */
export function checkSecret(secret: Uint8Array): void {
  if (secret.length >= MIN_SECRET_SIZE) return;
  throw new RangeError(
    `Cannot use a secret of ${secret.length} bytes: it must have at least ${MIN_SECRET_SIZE} (option secret)`,
  );
}

/**
 * Derives the keys of one connection: HKDF-SHA-256 of the secret. The salt is the SHA-256 of the offer and
 * the server's nonce, and what was granted is part of each key's info: who changes either on the way makes
 * the two sides have different keys.
 *
 * @param offer The bytes of the offer, as the client has sent them: its nonce is among them.
 * @param serverNonce The nonce of the server.
 * @param granted The flags that the server has granted.
 */
export function deriveKeys(
  secret: Uint8Array,
  offer: Uint8Array,
  serverNonce: Uint8Array,
  granted: readonly AgreedFlag[],
): SessionKeys {
  const salt = createHash("sha256").update(offer).update(serverNonce).digest();
  const key = (use: string) =>
    new Uint8Array(
      hkdfSync("sha256", secret, salt, `cafe 1 ${use} ${granted.join(",")}`, KEY_SIZE),
    );
  const proof = createHmac("sha256", key("server proof")).update(salt).digest();
  return {
    client: { sign: key("client sign"), encrypt: key("client encrypt") },
    server: { sign: key("server sign"), encrypt: key("server encrypt") },
    proof: new Uint8Array(proof),
  };
}

/** Compares in a time that does not depend on where the bytes differ. */
export function isSame(given: Uint8Array | undefined, expected: Uint8Array): boolean {
  return given?.length === expected.length && timingSafeEqual(given, expected);
}
