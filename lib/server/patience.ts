/**
 * How long a connection may take for what it does.
 *
 * @module
 */

import { type ErrorCode, ProtocolError } from "../model/mod.ts";
import type { CloseReason } from "./ending.ts";
import type { Limits } from "./limits.ts";

/**
 * The slowest that a long request may come, in bytes a second: 64 kbit/s. One time for requests of all
 * sizes would either cut 64 MiB on an honest line, or let a slow attack hold a connection for hours.
 */
export const MIN_FRAME_RATE = 8_192;

/** What a connection tells of itself when its limits of time are looked at. */
export interface Standing {
  /** When it was accepted. */
  readonly connectedAt: number;
  /** When it last took or gave bytes. */
  readonly lastActive: number;
  /** Whether a request has come in part, and the rest is waited for. */
  readonly waitsForRest: boolean;
  /** What changes with each request that comes whole. */
  readonly requestStart: number;
  /** How many bytes have come since. */
  readonly requestBytes: number;
  /** How many bytes of messages wait, or are being written. */
  readonly outputBytes: number;
  /** How many bytes are held for it. */
  readonly heldBytes: number;
  /** Whether something is being written. */
  readonly writing: boolean;
  /** Whether a password is wanted that has not been given. */
  readonly authRequired: boolean;
  /** Whether it takes no more requests. */
  readonly ending: boolean;
}

/** A limit that a connection is over. */
export interface Violation {
  /** Why it is closed. */
  readonly reason: CloseReason;
  /** What its peer and the log are told. */
  readonly error: ProtocolError;
}

/** Makes a violation; the message names the limit. */
export function violation(
  reason: CloseReason,
  code: ErrorCode,
  offset: number,
  message: string,
): Violation {
  return { reason, error: new ProtocolError(code, offset, message) };
}

/** The limits of time of one connection. They are looked at now and then, and cost a request nothing. */
export class Patience {
  /** The request that was incomplete at the last look. */
  #request = -1;
  /** When it was seen first. */
  #requestSince = 0;
  /** When the output was seen first over its soft limit. */
  #softSince: number | undefined = undefined;

  /** The limit that the connection is over now, or nothing. */
  check(standing: Standing, now: number, limits: Required<Limits>): Violation | undefined {
    return this.#checkFrame(standing, now, limits) ?? checkAuthentication(standing, now, limits) ??
      this.#checkOutput(standing, now, limits) ?? checkStalled(standing, now, limits);
  }

  #checkFrame(standing: Standing, now: number, limits: Required<Limits>): Violation | undefined {
    const { waitsForRest, requestStart, requestBytes } = standing;
    const { frameTimeout } = limits;
    if (!waitsForRest || requestStart !== this.#request) {
      this.#request = waitsForRest ? requestStart : -1;
      this.#requestSince = now;
      return undefined;
    }
    const time = now - this.#requestSince;
    if (frameTimeout === 0 || time <= frameTimeout + requestBytes / MIN_FRAME_RATE * 1_000) {
      return undefined;
    }
    return violation(
      "frame timeout",
      "PROTOCOL",
      requestStart,
      `Cannot read request: ${requestBytes} bytes of it came in ${time} ms, and not the rest; the limit is ${frameTimeout} ms, and 1000 ms for each ${MIN_FRAME_RATE} bytes (option frameTimeout)`,
    );
  }

  #checkOutput(standing: Standing, now: number, limits: Required<Limits>): Violation | undefined {
    const { outputBytes, requestStart } = standing;
    const { softOutputSize, softOutputTime } = limits;
    if (softOutputSize === 0 || outputBytes <= softOutputSize) {
      this.#softSince = undefined;
      return undefined;
    }
    const time = now - (this.#softSince ??= now);
    if (time <= softOutputTime) return undefined;
    return violation(
      "slow reader",
      "TOO_LARGE",
      requestStart,
      `Cannot hold messages: over ${softOutputSize} bytes (option softOutputSize) waited for ${time} ms, now ${outputBytes}; the limit is ${softOutputTime} ms (option softOutputTime)`,
    );
  }
}

function checkAuthentication(
  { authRequired, connectedAt, requestStart, ending }: Standing,
  now: number,
  { authTimeout }: Required<Limits>,
): Violation | undefined {
  const time = now - connectedAt;
  if (authTimeout === 0 || time <= authTimeout || !authRequired || ending) return undefined;
  return violation(
    "authentication timeout",
    "AUTH_REQUIRED",
    requestStart,
    `Cannot keep the connection: it has not authenticated in ${time} ms; the limit is ${authTimeout} ms (option authTimeout)`,
  );
}

/** Large replies, and the last ones of a connection: nothing of them may be taken for a while, and no longer. */
function checkStalled(
  { writing, heldBytes, lastActive, requestStart, ending }: Standing,
  now: number,
  { softOutputSize, softOutputTime }: Required<Limits>,
): Violation | undefined {
  const time = now - lastActive;
  if (!writing || softOutputSize === 0 || time <= softOutputTime) return undefined;
  if (!ending && heldBytes <= softOutputSize) return undefined;
  return violation(
    "slow reader",
    "TOO_LARGE",
    requestStart,
    `Cannot hold replies: of ${heldBytes} bytes, over ${softOutputSize} (option softOutputSize) or the last ones, nothing was taken for ${time} ms; the limit is ${softOutputTime} ms (option softOutputTime)`,
  );
}
