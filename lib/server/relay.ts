/**
 * Connections that are passed on to another server, and watched.
 *
 * @module
 */

import { acceptAll } from "./accept.ts";
import { connectWithin } from "./connect_within.ts";
import { closeQuietly } from "./socket.ts";

/** Which side of a connection. */
export type RelaySide = "client" | "server";

/** An end of a connection. */
export interface RelayEnd {
  /** The IP address. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

/** A connection that is passed on. */
export interface RelayedConnection {
  /** The client. */
  readonly client: RelayEnd;
  /** The server that it is passed on to. */
  readonly server: RelayEnd;
}

/** What is told of connections. The bytes of one side wait until what is told of them resolves. */
export interface RelayObserver {
  /** A connection begins. */
  opened(connection: RelayedConnection): Promise<void>;
  /** A side has sent bytes, which are passed on then. Nobody writes to them afterwards. */
  sent(connection: RelayedConnection, by: RelaySide, bytes: Uint8Array): Promise<void>;
  /** A side sends no more: it has said so, or it was reset. */
  ended(connection: RelayedConnection, by: RelaySide): Promise<void>;
  /** The other server could not be reached, or accepting failed. */
  failed(error: unknown): void;
}

/** How a {@linkcode Relay} is made. */
export interface RelayOptions {
  /** Where it listens. Default 127.0.0.1. */
  readonly hostname?: string;
  /** The port on which it listens; 0 for any that is free. */
  readonly port: number;
  /** Where connections are passed on to. */
  readonly to: { readonly hostname: string; readonly port: number };
  /** What is told of them. */
  readonly observer: RelayObserver;
  /** How long connecting there may take, in milliseconds. Default 10,000. */
  readonly connectTimeout?: number;
}

const CHUNK = 65_536;

/**
 * Passes connections on to another server, byte by byte, and tells what goes through. A side that does not
 * read is not read for. A connection that one side resets is closed to the other.
 */
export class Relay implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #options: RelayOptions;
  readonly #ended = new AbortController();
  readonly #sockets = new Set<Deno.TcpConn>();
  readonly #tasks = new Set<Promise<void>>();

  /**
   * Listens.
   *
   * @throws {Error} When it cannot listen there.
   */
  constructor(options: RelayOptions) {
    const { hostname = "127.0.0.1", port } = options;
    this.#options = options;
    this.#listener = Deno.listen({ hostname, port });
    this.#start(acceptAll(this.#listener, {
      onConnection: (socket) => this.#start(this.#serve(socket)),
      onError: (error) => options.observer.failed(error),
      signal: this.#ended.signal,
    }));
  }

  /** Where it listens. */
  get address(): RelayEnd {
    return this.#listener.addr;
  }

  /** Ends all connections; resolves when what they sent has been told. */
  async close(): Promise<void> {
    if (!this.#ended.signal.aborted) {
      this.#ended.abort();
      this.#listener.close();
      for (const socket of this.#sockets) closeQuietly(socket);
    }
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #start(task: Promise<void>): void {
    const kept = task.finally(() => this.#tasks.delete(kept));
    this.#tasks.add(kept);
  }

  async #serve(client: Deno.TcpConn): Promise<void> {
    const { to, observer, connectTimeout = 10_000 } = this.#options;
    const { signal } = this.#ended;
    this.#sockets.add(client);
    try {
      const server = await connectWithin(to, connectTimeout, signal);
      this.#sockets.add(server);
      const connection = { client: client.remoteAddr, server: server.remoteAddr };
      await observer.opened(connection);
      await Promise.all([
        this.#pass(connection, "client", client, server),
        this.#pass(connection, "server", server, client),
      ]);
      closeQuietly(server);
      this.#sockets.delete(server);
    } catch (error) {
      if (!signal.aborted) observer.failed(error);
    } finally {
      closeQuietly(client);
      this.#sockets.delete(client);
    }
  }

  async #pass(
    connection: RelayedConnection,
    by: RelaySide,
    from: Deno.TcpConn,
    to: Deno.TcpConn,
  ): Promise<void> {
    const { observer } = this.#options;
    try {
      const room = new Uint8Array(CHUNK);
      for (let size = await from.read(room); size !== null; size = await from.read(room)) {
        const bytes = room.slice(0, size);
        await observer.sent(connection, by, bytes);
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await to.write(rest));
      }
      await to.closeWrite();
    } catch {
      closeQuietly(from); // One of them was reset. The other is closed: Deno resets no socket.
      closeQuietly(to);
    }
    await observer.ended(connection, by);
  }
}
