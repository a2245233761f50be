/**
 * Who looks after the server, over a connection that is there before the attack.
 *
 * @module
 */

import { BatchDecoder } from "../../lib/codec/mod.ts";
import { type RespValue, RespValueDecoder } from "../../lib/resp/mod.ts";
import { requestOf } from "../../bench/resp_requests.ts";

/** Entries that are there before the attack and must be there after it. */
const ENTRIES = 1_000;

const valueOf = (entry: number) => `value ${entry * entry}`;

/** A connection in RESP. */
export class Admin implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #decoder = new BatchDecoder(new RespValueDecoder());
  readonly #room = new Uint8Array(65_536);

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects to a server, and gives its password. */
  static async connect(port: number, password: string | undefined): Promise<Admin> {
    const admin = new Admin(await Deno.connect({ hostname: "127.0.0.1", port }));
    if (password !== undefined) await admin.ask("AUTH", password);
    return admin;
  }

  /**
   * The reply to a request, as text.
   *
   * @throws {Error} When there is none.
   */
  async ask(...words: readonly string[]): Promise<string> {
    await this.#conn.write(requestOf(...words));
    const replies: RespValue[] = [];
    while (replies.length === 0) {
      const count = await this.#conn.read(this.#room);
      if (count === null) throw new Error(`Cannot read the reply to ${words[0]}: there is none`);
      this.#decoder.push(this.#room.slice(0, count), replies);
    }
    return wordOf(replies[0]!);
  }

  /** Sets the entries. */
  async fill(): Promise<void> {
    for (let entry = 0; entry < ENTRIES; entry++) {
      await this.ask("SET", `kept:${entry}`, valueOf(entry));
    }
  }

  /** How many of the entries are not what they were. */
  async damaged(): Promise<number> {
    let damaged = 0;
    for (let entry = 0; entry < ENTRIES; entry++) {
      if (await this.ask("GET", `kept:${entry}`) !== valueOf(entry)) damaged++;
    }
    return damaged;
  }

  /** How many clients are connected. */
  async connections(): Promise<number> {
    const info = await this.ask("INFO", "clients");
    return Number(/connected_clients:(\d+)/.exec(info)?.[1]);
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

function wordOf(reply: RespValue): string {
  switch (reply.type) {
    case "bulk":
      return new TextDecoder().decode(reply.bytes);
    case "integer":
      return String(reply.value);
    case "simple":
    case "error":
      return reply.text;
    case "array":
      return reply.items.map(wordOf).join(" ");
    default:
      return "";
  }
}
