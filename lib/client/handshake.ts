/**
 * What a connection begins with when its frames are to be protected.
 *
 * @module
 */

import { NO_BYTES } from "../bytes/mod.ts";
import {
  type AgreedFlag,
  deriveKeys,
  encodeOffer,
  HELLO_NONCE_SIZE,
  isSame,
  needsSecret,
  newHelloNonce,
  Opener,
  readGrant,
  type Reply,
  Sealer,
} from "../cafe/mod.ts";
import { Call } from "./call.ts";
import { replyInfo } from "./results.ts";

/** What a client wants of each connection. */
export interface Protection {
  /** The flags that it offers. */
  readonly flags: readonly AgreedFlag[];
  /** What the server knows too; empty when no flag needs it. */
  readonly secret: Uint8Array;
}

/** How the two directions of a connection are protected. */
export interface Protected {
  /** Protects what is sent. */
  readonly sealer: Sealer;
  /** Reads what comes. */
  readonly opener: Opener;
}

/** A HELLO with an offer, and what follows from its answer. One serves one connection: its nonce is used once. */
export class Handshake {
  /** The HELLO. */
  readonly call: Call;
  readonly #wanted: Protection;
  readonly #offer: Uint8Array;

  /** Makes the offer. */
  constructor(wanted: Protection, checksum: boolean) {
    const nonce = needsSecret(wanted.flags) ? newHelloNonce() : undefined;
    this.#wanted = wanted;
    this.#offer = encodeOffer({ flags: wanted.flags, nonce });
    const head = { id: undefined, quiet: false, checksum, durable: false };
    const nobody = { user: NO_BYTES, password: NO_BYTES };
    this.call = new Call({ op: "HELLO", ...nobody, offer: this.#offer, ...head }, {}, 0);
    this.call.answer.catch(() => {}); // The connection looks at it.
  }

  /**
   * What the answer says. COMPRESSED may be refused; SIGNED and ENCRYPTED must be granted, by a server that
   * has the secret.
   *
   * @throws {Error} When that is not so.
   */
  finish(reply: Reply): Protected {
    const grant = readGrant({ ...replyInfo(reply) });
    const flags = this.#wanted.flags.filter((name) => grant.flags.includes(name));
    const refused = this.#wanted.flags.filter((name) =>
      name !== "COMPRESSED" && !flags.includes(name)
    );
    if (refused.length > 0) {
      throw new Error(`the server does not grant ${refused.join(", ")}: it has no secret`);
    }
    if (!needsSecret(flags)) {
      return { sealer: new Sealer(flags, undefined), opener: new Opener(flags, undefined) };
    }
    const nonce = grant.nonce ?? NO_BYTES;
    const keys = deriveKeys(this.#wanted.secret, this.#offer, nonce, flags);
    if (nonce.length !== HELLO_NONCE_SIZE || !isSame(grant.proof, keys.proof)) {
      throw new Error("the server does not show that it has the secret (option secret)");
    }
    return { sealer: new Sealer(flags, keys.client), opener: new Opener(flags, keys.server) };
  }
}
