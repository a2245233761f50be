/** Redis clients of one server, without sockets. */

import type { Services } from "../../../lib/handler/mod.ts";
import { type Limits, newServices, NO_WIRE, Session, type Wire } from "../../../lib/server/mod.ts";
import { raw, shown } from "../../resp/helpers.ts";

/** A server whose clock stands still until the test moves it. */
export class TalkServer {
  /** The present time. */
  now = 1_000_000;
  readonly services: Services;

  constructor(limits: Limits = {}) {
    this.services = newServices({ now: () => this.now, limits });
  }

  /** A client that has just connected. */
  connect(wire: Wire = NO_WIRE): Talker {
    return new Talker(new Session(this.services, wire));
  }
}

/** One client: text in, text out. */
export class Talker {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Sends requests, each a line; returns what comes back, each end of a line as a space. */
  say(...lines: string[]): string {
    return lineOf(this.#session.receive(raw(lines.map((line) => `${line}\r\n`).join(""))));
  }

  /** What has come without being asked for. */
  hear(): string {
    return lineOf(this.#session.receive(new Uint8Array(0)));
  }

  /** Whether the server has ended the connection. */
  get ended(): boolean {
    return this.#session.ended;
  }

  /** Ends the connection. */
  leave(): void {
    this.#session.close();
  }
}

function lineOf(bytes: Uint8Array): string {
  return shown(bytes).replaceAll("\r\n", " ").trimEnd();
}
