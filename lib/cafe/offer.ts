/**
 * What a HELLO offers, and what its reply grants (docs/cafe.md, HELLO).
 *
 * @module
 */

import { CommandError } from "../model/mod.ts";
import type { Window } from "./credit.ts";
import { FLAGS } from "./flags.ts";

/** The flags that are used only when both sides have agreed on them. */
export const AGREED_FLAGS = ["COMPRESSED", "ENCRYPTED", "SIGNED"] as const;

/** One of {@linkcode AGREED_FLAGS}. */
export type AgreedFlag = (typeof AGREED_FLAGS)[number];

/** How long a nonce of a HELLO is, in bytes. */
export const HELLO_NONCE_SIZE = 32;

/** A nonce of a HELLO, of either side: random bytes that were never used. */
export function newHelloNonce(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(HELLO_NONCE_SIZE));
}

/** What a client offers. */
export interface Offer {
  /** The flags that it can use. */
  readonly flags: readonly AgreedFlag[];
  /** Its nonce, which it uses once; 32 bytes. Only SIGNED and ENCRYPTED need one. */
  readonly nonce: Uint8Array | undefined;
  /** Whether it wants to be told how much it may have in flight, and when it may send more. */
  readonly window?: boolean;
}

/** What a server grants. */
export interface Grant extends Pick<Offer, "flags" | "nonce"> {
  /** What shows that the server has the secret; 32 bytes. Only with SIGNED or ENCRYPTED. */
  readonly proof: Uint8Array | undefined;
  /** How much the client may have in flight, from the next frame on; without it, any amount. */
  readonly window?: Window;
}

/** The bits of flags by their names. */
export function flagBits(flags: readonly AgreedFlag[]): number {
  return flags.reduce((bits, name) => bits | FLAGS[name], 0);
}

/** Whether flags need a secret that both sides have. */
export function needsSecret(flags: readonly AgreedFlag[]): boolean {
  return flags.includes("SIGNED") || flags.includes("ENCRYPTED");
}

/** The bytes of an offer, a JSON object. */
export function encodeOffer({ flags, nonce, window }: Offer): Uint8Array {
  const members = { flags, nonce: nonce?.toHex(), ...window && { window } };
  return new TextEncoder().encode(JSON.stringify(members));
}

/**
 * Reads an offer. Flags and members that are not known are ignored: a later client may offer more.
 *
 * @throws {CommandError} `BAD_REQUEST` when it is not laid out as one.
 */
export function decodeOffer(bytes: Uint8Array): Offer {
  const offer = parseObject(new TextDecoder().decode(bytes));
  const { flags } = offer ?? {};
  if (!Array.isArray(flags)) {
    throw bad('its offer is not a JSON object with an array "flags"');
  }
  const known = AGREED_FLAGS.filter((name) => flags.includes(name));
  const nonce = bytesAt(offer, "nonce");
  if (needsSecret(known) && nonce?.length !== HELLO_NONCE_SIZE) {
    throw bad(`SIGNED and ENCRYPTED need a "nonce" of ${HELLO_NONCE_SIZE} bytes in hex`);
  }
  return { flags: known, nonce, ...offer?.["window"] === true && { window: true } };
}

/** The members that a grant adds to the reply to HELLO. */
export function grantMembers(
  { flags, nonce, proof, window }: Grant,
): Readonly<Record<string, unknown>> {
  return {
    ...window && { window },
    flags,
    ...nonce && { nonce: nonce.toHex() },
    ...proof && { proof: proof.toHex() },
  };
}

/** Reads what the reply to a HELLO grants; nothing is granted by one that says nothing of it. */
export function readGrant(info: Readonly<Record<string, unknown>>): Grant {
  const flags: unknown = info["flags"];
  const window = windowOf(info["window"]);
  return {
    flags: Array.isArray(flags) ? AGREED_FLAGS.filter((name) => flags.includes(name)) : [],
    nonce: bytesAt(info, "nonce"),
    proof: bytesAt(info, "proof"),
    ...window && { window },
  };
}

/** A window of 0 is none: any amount may be in flight. */
function windowOf(window: unknown): Window | undefined {
  if (typeof window !== "object" || window === null) return undefined;
  const { requests, bytes } = window as Record<string, unknown>;
  if (!isCount(requests) || !isCount(bytes)) return undefined;
  return { requests, bytes };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function bytesAt(
  object: Readonly<Record<string, unknown>> | undefined,
  name: string,
): Uint8Array | undefined {
  const text = object?.[name];
  if (typeof text !== "string" || !/^(?:[0-9a-f]{2})+$/.test(text)) return undefined;
  return Uint8Array.fromHex(text);
}

function bad(what: string): CommandError {
  return new CommandError("BAD_REQUEST", `Cannot carry out HELLO: ${what}`);
}
