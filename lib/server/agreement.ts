/**
 * What a server grants of what a client offers.
 *
 * @module
 */

import {
  type AgreedFlag,
  decodeOffer,
  deriveKeys,
  type Grant,
  HELLO_NONCE_SIZE,
  needsSecret,
  Opener,
  Sealer,
} from "../cafe/mod.ts";
import type { Settings } from "../handler/mod.ts";

/** What two sides have agreed on. */
export interface Agreement {
  /** The flags that are in use. */
  readonly flags: readonly AgreedFlag[];
  /** What the client is told. */
  readonly grant: Grant;
  /** Protects what the server sends. */
  readonly sealer: Sealer;
  /** Reads what the client sends. */
  readonly opener: Opener;
}

/** The settings that decide. */
export type AgreementSettings = Pick<Settings, "secret" | "compress">;

/**
 * Grants of an offer what the settings allow: COMPRESSED unless it is turned off, SIGNED and ENCRYPTED when
 * there is a secret.
 *
 * @param newNonce Makes a nonce of 32 bytes that was never used. Default: random ones.
 * @throws {CommandError} `BAD_REQUEST` when the offer cannot be read.
 */
export function agreeOn(
  offer: Uint8Array,
  { secret, compress }: AgreementSettings,
  newNonce: () => Uint8Array = randomNonce,
): Agreement {
  const flags = decodeOffer(offer).flags.filter((name) =>
    name === "COMPRESSED" ? compress : secret.length > 0
  );
  if (!needsSecret(flags)) {
    return {
      flags,
      grant: { flags, nonce: undefined, proof: undefined },
      sealer: new Sealer(flags, undefined),
      opener: new Opener(flags, undefined),
    };
  }
  const nonce = newNonce();
  const { client, server, proof } = deriveKeys(secret, offer, nonce, flags);
  return {
    flags,
    grant: { flags, nonce, proof },
    sealer: new Sealer(flags, server),
    opener: new Opener(flags, client),
  };
}

function randomNonce(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(HELLO_NONCE_SIZE));
}
