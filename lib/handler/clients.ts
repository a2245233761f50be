/**
 * Who is connected.
 *
 * @module
 */

/** What is told of a connection when somebody asks. */
export interface ClientFigures {
  /** The address of the peer; that of a Unix socket is its path and `:0`. */
  readonly address: string;
  /** The address at this side. */
  readonly localAddress: string;
  /** When it was accepted, in milliseconds since 1970. */
  readonly connectedAt: number;
  /** When it last took or gave bytes, in milliseconds since 1970. */
  readonly lastActive: number;
  /** The name of its user. */
  readonly user: string;
  /** The name that the client gave itself, or empty. */
  readonly name: string;
  /** The name of the client's library, or empty. */
  readonly library: string;
  /** The version of the client's library, or empty. */
  readonly libraryVersion: string;
  /** A letter for each thing about it that is not usual, as CLIENT LIST tells them. */
  readonly flags: string;
  /** The number of its database. */
  readonly database: number;
  /** How many channels it is subscribed to. */
  readonly channels: number;
  /** How many patterns it is subscribed to. */
  readonly patterns: number;
  /** How many requests its transaction has; -1 when it has none. */
  readonly queued: number;
  /** How many bytes those hold. */
  readonly queuedBytes: number;
  /** How many bytes of requests wait: those of the batch that is carried out, and what is not decoded yet. */
  readonly inputBytes: number;
  /** How many bytes more the block has that is read into. */
  readonly inputRoom: number;
  /** How many replies and messages wait. */
  readonly outputs: number;
  /** How many bytes of messages wait. */
  readonly outputBytes: number;
  /** Whether something is being written. */
  readonly writing: boolean;
  /** The command of the last request, or empty. */
  readonly command: string;
  /** The version of RESP; 0 with another protocol. */
  readonly version: number;
}

/** A connection, as others see it. */
export interface Client {
  /** Its number, which no other connection of the server has or had. */
  readonly id: number;
  /** What is told of it now. */
  figures(): ClientFigures;
  /** What it speaks; `undefined` while nothing has come from it. */
  readonly protocol: "cafe" | "resp" | undefined;
  /** Whether it waits for something before its request is answered. */
  readonly blocked: boolean;
  /** Ends it at once. */
  kill(): void;
}

/**
 * The connections of a server, in the order in which they came.
 *
 * @example
 * ```ts
 * import { Clients } from "@cortado/cortado/handler";
 * import { assertEquals } from "@std/assert";
 *
 * const clients = new Clients();
 * assertEquals([clients.newId(), clients.newId(), clients.size], [1, 2, 0]);
 * ```
 */
export class Clients {
  readonly #byId = new Map<number, Client>();
  #lastId = 0;

  /** How many there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** How many there are of each protocol; none: nothing has come from them yet. */
  get byProtocol(): Record<"cafe" | "resp" | "none", number> {
    const counts = { cafe: 0, resp: 0, none: 0 };
    for (const { protocol } of this) counts[protocol ?? "none"]++;
    return counts;
  }

  /** A number that no connection had yet. */
  newId(): number {
    return ++this.#lastId;
  }

  /** Adds a connection. */
  add(client: Client): void {
    this.#byId.set(client.id, client);
  }

  /** Removes a connection that has ended, or is about to; nothing happens when it was not there. */
  delete({ id }: Client): void {
    this.#byId.delete(id);
  }

  /** The connection with a number; none when it has ended. */
  find(id: number): Client | undefined {
    return this.#byId.get(id);
  }

  /** The connections by their numbers; one that ends meanwhile is left out. */
  [Symbol.iterator](): Iterator<Client> {
    return this.#byId.values();
  }
}
