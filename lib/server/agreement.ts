/**
 * What a server grants of what a client offers.
 *
 * @module
 */

import {
  decodeOffer,
  deriveKeys,
  type Grant,
  needsSecret,
  newHelloNonce,
  Opener,
  Sealer,
} from "../cafe/mod.ts";
import type { Settings } from "../handler/mod.ts";

/** What two sides have agreed on. */
export interface Agreement {
  /** What the client is told; its flags are in use. */
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
 * @throws {CommandError} `BAD_REQUEST` when the offer cannot be read.
 */
export function agreeOn(
  offer: Uint8Array,
  { secret, compress }: AgreementSettings,
): Agreement {
  const flags = decodeOffer(offer).flags.filter((name) =>
    name === "COMPRESSED" ? compress : secret.length > 0
  );
  const nonce = needsSecret(flags) ? newHelloNonce() : undefined;
  const keys = nonce && deriveKeys(secret, offer, nonce, flags);
  return {
    grant: { flags, nonce, proof: keys?.proof },
    sealer: new Sealer(flags, keys?.server),
    opener: new Opener(flags, keys?.client),
  };
}
