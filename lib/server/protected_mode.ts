/**
 * Protected mode: a server that asks for no password listens on its own machine only, unless told otherwise.
 *
 * @module
 */

import { formatHostPort } from "./address.ts";
import { type Admission, isProtected } from "../handler/protected_mode.ts";

/** A server was to let everybody in who can reach an address. */
export class ProtectedModeError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "ProtectedModeError";

  /** Makes the error of an address. */
  constructor(address: { readonly hostname: string; readonly port: number }) {
    super(
      `Cannot listen on ${formatHostPort(address)}: without a password whoever reaches it may do ` +
        "everything (protected mode); give option password, or protectedMode: false",
    );
  }
}

/** Where a server is to listen on TCP, and whom it lets in. */
export interface Exposure extends Admission {
  /** The name or address to listen on. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** Whether to refuse to let in everybody. */
  readonly protectedMode: boolean;
}

/**
 * Checks that a server does not let everybody in from other machines.
 *
 * @throws {ProtectedModeError} When it would.
 *
 * @example
 * ```ts
 * import { checkExposure, ProtectedModeError } from "@cortado/cortado/server";
 * import { assertThrows } from "@std/assert";
 *
 * const open = { port: 51_966, password: "", protectedMode: true };
 * checkExposure({ ...open, hostname: "127.0.0.1" });
 * checkExposure({ ...open, hostname: "0.0.0.0", password: "secret" });
 * assertThrows(() => checkExposure({ ...open, hostname: "0.0.0.0" }), ProtectedModeError);
 * ```
 */
export function checkExposure(exposure: Exposure): void {
  if (!exposure.protectedMode || isProtected(exposure)) return;
  if (!isLoopback(exposure.hostname)) throw new ProtectedModeError(exposure);
}

/** 127.0.0.0/8, ::1, and 127.0.0.0/8 mapped into IPv6, as `URL` writes them. */
const LOOPBACK = /^(?:127(?:\.\d+){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/;

/**
 * Whether only this machine reaches an address. Of names, `localhost` alone is known to mean this machine:
 * others are what a resolver says, and that may be anything tomorrow.
 */
export function isLoopback(hostname: string): boolean {
  if (/^localhost\.?$/i.test(hostname)) return true;
  // No character that means something in a URL, where a host is one part of many.
  const address = /^([\da-fx.:]+)(?:%\w+)?$/i.exec(hostname)?.[1];
  if (address === undefined) return false;
  // Systems take many notations of an address, such as 127.1 and 0:0:0:0:0:0:0:1; URL knows them all.
  const url = URL.parse(`http://${address.includes(":") ? `[${address}]` : address}`);
  return url !== null && LOOPBACK.test(url.hostname);
}
