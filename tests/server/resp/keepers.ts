/** Redis clients of one server that keeps its entries on a frail disk, with sockets of the test. */

import type { Services } from "../../../lib/handler/mod.ts";
import { Connection, type Ending, newServices, serverLimits } from "../../../lib/server/mod.ts";
import type { JournalSettings } from "../../../lib/store/mod.ts";
import { concat } from "@std/bytes";
import { settle } from "../../codec/helpers.ts";
import { raw, shown } from "../../resp/helpers.ts";
import { type FrailJournal, openFrail } from "../../store/journal/frail_disk.ts";
import { FakeSocket } from "../fake_socket.ts";

/** A server with a journal, or without one. */
export class KeepServer {
  /** The present time. */
  now = 1_000_000;
  readonly services: Services;
  readonly frail: FrailJournal;

  private constructor(frail: FrailJournal, keeps: boolean) {
    this.frail = frail;
    this.services = newServices({ now: () => this.now, ...(keeps && frail) });
  }

  static async open(settings: Partial<JournalSettings> = {}): Promise<KeepServer> {
    return new KeepServer(await openFrail(() => 1_000_000, settings), true);
  }

  static async openWithout(): Promise<KeepServer> {
    return new KeepServer(await openFrail(() => 1_000_000), false);
  }

  /** A client that has just connected. */
  connect(): Keeper {
    return new Keeper(this.services);
  }

  /** Lets syncs wait, until what is returned is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.frail.disk.gate = promise;
    return () => {
      this.frail.disk.gate = undefined;
      resolve();
    };
  }
}

/** One client. */
export class Keeper {
  readonly connection: Connection;
  readonly socket: FakeSocket = new FakeSocket();
  readonly ending: Promise<Ending>;

  constructor(services: Services) {
    this.connection = new Connection(this.socket, services, serverLimits({}));
    this.ending = this.connection.run();
  }

  /** Sends requests, each a line; returns what comes back without a wait, each end of a line as a space. */
  say(...lines: string[]): Promise<string> {
    this.socket.give(raw(lines.map((line) => `${line}\r\n`).join("")));
    return this.hear();
  }

  /** What has come since, without a wait. */
  async hear(): Promise<string> {
    await settle();
    return shown(concat(this.socket.sent.splice(0))).replaceAll("\r\n", " ").trimEnd();
  }

  /** What comes after a wait. */
  async await(): Promise<string> {
    for (;;) {
      const heard = await this.hear();
      if (heard !== "") return heard;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Ends the client's side; returns how the connection ended. */
  async leave(): Promise<string> {
    this.socket.give(null);
    return (await this.ending).reason;
  }
}
