import { concat } from "@std/bytes";
import { hex, textOf } from "../codec/helpers.ts";
import { parseReplies, parseReply, type Reply } from "./frames.ts";

/** Where a client connects: the address of a server, or the path of its Unix socket. */
export type Address = Deno.NetAddr | { readonly path: string };

/** A socket with bytes in and bytes out. It knows the frames of the specification, and no more. */
export class RawClient implements Disposable {
  /** How many bytes this side's kernel has taken. */
  sent = 0;
  readonly #conn: Deno.Conn;
  /** What was read and not asked for yet. */
  #waiting: Uint8Array = new Uint8Array(0);

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  static async connect(address: Address): Promise<RawClient> {
    if ("path" in address) {
      return new RawClient(await Deno.connect({ transport: "unix", path: address.path }));
    }
    const conn = await Deno.connect({ hostname: address.hostname, port: address.port });
    conn.setNoDelay(true);
    return new RawClient(conn);
  }

  /** Sends all bytes; text is hex. */
  async send(bytes: Uint8Array | string): Promise<void> {
    const all = typeof bytes === "string" ? hex(bytes) : bytes;
    for (let at = 0; at < all.length;) at += await this.#write(all.subarray(at));
  }

  /** Sends all bytes unless the connection ends before; returns whether it did send all. */
  async flood(bytes: Uint8Array): Promise<boolean> {
    try {
      await this.send(bytes);
      return true;
    } catch {
      return false; // The peer has closed, or the test has closed this side.
    }
  }

  /** Exactly `count` bytes. */
  async readExactly(count: number): Promise<Uint8Array> {
    while (this.#waiting.length < count) {
      if (!await this.#readMore()) {
        throw new Error(`end after ${this.#waiting.length} of ${count} bytes`);
      }
    }
    return this.#take(count);
  }

  /** The next line of text, without its end. */
  async readLine(): Promise<string> {
    for (;;) {
      const end = this.#waiting.indexOf(0x0a);
      if (end !== -1) return textOf(this.#take(end + 1)).replace(/\r?\n$/, "");
      if (!await this.#readMore()) throw new Error("end inside a line");
    }
  }

  /** The next frame; undefined at the end of the stream. */
  async readFrame(): Promise<Reply | undefined> {
    for (;;) {
      const reply = parseReply(this.#waiting);
      if (reply !== undefined) {
        this.#take(reply.size);
        return reply;
      }
      if (await this.#readMore()) continue;
      if (this.#waiting.length === 0) return undefined;
      throw new Error(`end inside a frame: ${this.#waiting.toHex()}`);
    }
  }

  /** Sends a request and reads one frame. */
  async call(bytes: Uint8Array | string): Promise<Reply> {
    await this.send(bytes);
    const reply = await this.readFrame();
    if (reply === undefined) throw new Error("the server has closed");
    return reply;
  }

  /** All frames until the peer ends its side. */
  async readToEnd(): Promise<Reply[]> {
    return parseReplies(await this.readAll());
  }

  /** All bytes until the peer ends its side. */
  async readAll(): Promise<Uint8Array> {
    const chunks = [this.#take(this.#waiting.length)];
    const room = new Uint8Array(65_536);
    for (;;) {
      const count = await this.#conn.read(room);
      if (count === null) return concat(chunks);
      chunks.push(room.slice(0, count));
    }
  }

  /** Reads until the peer ends its side or resets the connection, and forgets what came. */
  async drain(): Promise<void> {
    const room = new Uint8Array(65_536);
    try {
      while (await this.#conn.read(room) !== null);
    } catch {
      // A reset is an end too.
    }
  }

  /** Ends the sending side. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Closes; a reset for the peer when something came that was not read. */
  close(): void {
    try {
      this.#conn.close();
    } catch {
      // It was closed before.
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #write(bytes: Uint8Array): Promise<number> {
    const count = await this.#conn.write(bytes);
    this.sent += count;
    return count;
  }

  async #readMore(): Promise<boolean> {
    const room = new Uint8Array(65_536);
    const count = await this.#conn.read(room);
    if (count === null) return false;
    this.#waiting = concat([this.#waiting, room.subarray(0, count)]);
    return true;
  }

  #take(count: number): Uint8Array {
    const taken = this.#waiting.subarray(0, count);
    this.#waiting = this.#waiting.subarray(count);
    return taken;
  }
}

/** Waits until something is so that nobody tells of: looks again after each turn of the event loop. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Asserts nothing about the past of a server: it answers a PING on a new connection. */
export async function assertAlive(address: Address): Promise<void> {
  using client = await RawClient.connect(address);
  await client.send("cafe 01 04 0000 0000 00000000");
  const reply = await client.readExactly(16);
  if (reply.toHex() !== "cafe01800000000000000004504f4e47") {
    throw new Error(`a PING was answered with ${reply.toHex()}`);
  }
}
