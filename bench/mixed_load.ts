/**
 * A mixed load in RESP over connections that each wait for their reply: gets, and sets of several sizes,
 * some of which expire.
 *
 * @module
 */

import { KEY_SIZE, writeDigits } from "./numbered_keys.ts";
import { randomText, requestOf } from "./resp_requests.ts";

/** Which part of the requests gets; the others set. */
const GETS = 0.8;
/** Which part of the sets lets the entry expire, after so many milliseconds. */
const EXPIRING = 0.2;
const LIFE = "500";

/** On average they have about as many bytes as the values that were there first. */
const VALUE_SIZES = [8, 24, 40, 56, 100, 160];

/** A reply must fit. */
const ROOM = 1_024;

const MINUS = 0x2d;
const DOLLAR = 0x24;
const LF = 0x0a;
const ZERO = 0x30;
const NINE = 0x39;

/** A request whose key's digits are written anew each time. */
interface Template {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly keyAt: number;
}

/** A connection with the requests that it sends, one after the other. */
export class Talker {
  readonly #connection: Deno.Conn;
  readonly #keys: number;
  readonly #room = new Uint8Array(ROOM);
  readonly #get = templateOf("GET");
  readonly #sets = VALUE_SIZES.map((size) => templateOf("SET", randomText(size)));
  readonly #expiring = VALUE_SIZES.map((size) => templateOf("SET", randomText(size), "PX", LIFE));

  /** Takes a connection, and how many keys there are. */
  constructor(connection: Deno.Conn, keys: number) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** Sends any request of the mixture, with any key, and reads the reply. */
  async askAny(): Promise<void> {
    const { bytes, keyAt } = Math.random() < GETS
      ? this.#get
      : anyOf(Math.random() < EXPIRING ? this.#expiring : this.#sets);
    writeDigits(bytes, keyAt, Math.floor(Math.random() * this.#keys));
    await this.ask(bytes);
  }

  /**
   * Sends a request and reads its reply.
   *
   * @throws {Error} When the reply is an error, or there is none.
   */
  async ask(request: Uint8Array): Promise<void> {
    for (let at = 0; at < request.length;) {
      at += await this.#connection.write(request.subarray(at));
    }
    let length = 0;
    do {
      const count = await this.#connection.read(this.#room.subarray(length));
      if (count === null) throw new Error("Cannot go on: the server has closed the connection");
      length += count;
    } while (length < replySize(this.#room, length));
    if (this.#room[0] !== MINUS) return;
    const reply = new TextDecoder().decode(this.#room.subarray(0, length));
    throw new Error(`Cannot go on: the server replied ${reply}`);
  }

  /** Closes the connection. */
  close(): void {
    this.#connection.close();
  }
}

function templateOf(command: string, ...rest: readonly string[]): Template {
  const key = "key:".padEnd(KEY_SIZE, "0");
  const bytes = requestOf(command, key, ...rest);
  return { bytes, keyAt: new TextDecoder().decode(bytes).indexOf(key) };
}

function anyOf<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)]!;
}

/** How many bytes a reply has: a line, or a bulk string; more than have come when that is not known. */
function replySize(bytes: Uint8Array, length: number): number {
  const end = bytes.indexOf(LF) + 1;
  if (end === 0 || end > length) return length + 1;
  if (bytes[0] !== DOLLAR || bytes[1] === MINUS) return end;
  let size = 0;
  for (let at = 1; bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) {
    size = size * 10 + bytes[at]! - ZERO;
  }
  return end + size + 2;
}
