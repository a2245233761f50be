/**
 * The server: listeners, connections, and their end.
 *
 * @module
 */

import type { EvictionPolicy, Services, Users } from "../handler/mod.ts";
import { Databases, type Journal } from "../store/mod.ts";
import { acceptAll, type Acceptor } from "./accept.ts";
import { Admin, type AdminOptions } from "./admin/admin.ts";
import { Admission } from "./admission.ts";
import { DEFAULT_HOST, DEFAULT_PORT, formatHostPort } from "./address.ts";
import { Connection } from "./connection.ts";
import { type DataOptions, openData } from "./data.ts";
import { EndingReport } from "./ending_report.ts";
import { harmless } from "./harmless.ts";
import { type Limits, serverLimits } from "./limits.ts";
import type { LastReceived, WireObserver } from "./observer.ts";
import type { ProtectionOptions } from "./protection.ts";
import { checkExposure } from "./protected_mode.ts";
import { refuse } from "./refuse.ts";
import { newServices, type ServerServices } from "./services.ts";
import { closeQuietly, type Socket } from "./socket.ts";
import { type ServerControls, ServerSystem } from "./system.ts";
import { Timers } from "./timers.ts";
import { HandshakeReport, shakeHands, TlsListener, type TlsOptions } from "./tls.ts";
import { listenUnix } from "./unix.ts";
import { Watch } from "./watch.ts";

/** Where a server listens, and how. */
export interface ServeOptions {
  /** The address to listen on. Default 127.0.0.1. */
  readonly hostname?: string;
  /** The port; 0 picks a free one. Default 51,966. */
  readonly port?: number;
  /** The path of a Unix socket to listen on as well. */
  readonly unix?: string;
  /** Whether to listen on TCP at all. Default true. */
  readonly tcp?: boolean;
  /** How to listen with TLS as well. */
  readonly tls?: TlsOptions;
  /** The limits; those that are not given have their defaults. */
  readonly limits?: Limits;
  /** How many bytes all entries may take; 0 for any number. Default 0. */
  readonly maxMemory?: number;
  /** What is done when they take more. Default: nothing more is written. */
  readonly maxMemoryPolicy?: EvictionPolicy;
  /** The password that clients must give; empty: none is asked for. Default empty. */
  readonly password?: string;
  /** Who may come in, and do what: see `parseUsers`. Not beside `password`. Default: everybody, everything. */
  readonly users?: Users;
  /** How frames of CAFE are protected. Default: as each client wants, without a secret. */
  readonly protection?: ProtectionOptions;
  /** Whether to refuse an address that other machines reach while no password is asked for. Default true. */
  readonly protectedMode?: boolean;
  /** Where entries are kept on disk; without it they are in memory only. */
  readonly data?: DataOptions;
  /** Where metrics and the health of the server are told over HTTP. Default: nowhere. */
  readonly admin?: AdminOptions;
  /** Told what happens that an operator should know, a line each. Default: nothing is told. */
  readonly log?: (line: string) => void;
  /** Looks on at what goes over the wire. Default: nobody. */
  readonly observer?: WireObserver | undefined;
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** A server that runs. */
export interface Server extends AsyncDisposable {
  /** The TCP address that it listens on, with the real port. */
  readonly addr: Deno.NetAddr | undefined;
  /** The path of the Unix socket that it listens on. */
  readonly unix: string | undefined;
  /** The address that it listens on with TLS, with the real port. */
  readonly tlsAddr: Deno.NetAddr | undefined;
  /** The address that it answers HTTP on, with the real port. */
  readonly adminAddr: Deno.NetAddr | undefined;
  /** What its connections share: the store, the counters. */
  readonly services: Services;
  /** Resolves when the server has ended. */
  readonly finished: Promise<void>;
  /**
   * Ends the server: accepts no more, answers what was read, sends GOAWAY, and closes; what is not done
   * after `shutdownTimeout` is cut off. Further calls wait for the same end.
   */
  shutdown(): Promise<void>;
  /**
   * Reads the certificate and its key again, and shows them to new connections; those that there are go on.
   *
   * @throws {TlsError} When they cannot be used: the old ones stay.
   * @throws {TypeError} When the server does not listen with TLS.
   */
  reloadTls(): Promise<void>;
}

/** Refused connections that linger for their error to arrive; more are closed at once. */
const MAX_REFUSING = 64;

/**
 * Starts a server.
 *
 * @throws {RangeError} When a limit is out of range.
 * @throws {ProtectedModeError} When other machines could reach it, and no password is asked for.
 * @throws {TypeError} When it is to listen on nothing.
 * @throws {TlsError} When a certificate or its key cannot be used.
 * @throws {JournalError} When files in the directory of the data are missing or damaged.
 * @throws {DataDirectoryError} When that directory cannot be made, read or written.
 * @throws {Deno.errors.Busy} When another server uses it.
 * @throws {Deno.errors.AddrInUse} When somebody listens there already.
 * @throws {Deno.errors.NotCapable} When the program may not listen there, or not use the directory.
 *
 * @example
 * ```ts
 * import { Client } from "@cortado/cortado/client";
 * import { serve } from "@cortado/cortado/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve({ port: 0 });
 * await using client = await Client.connect(server.addr!);
 * await client.set("greeting", "hello");
 * assertEquals(new TextDecoder().decode(await client.get("greeting")), "hello");
 * ```
 */
export async function serve(options: ServeOptions = {}): Promise<Server> {
  const { hostname = DEFAULT_HOST, port = DEFAULT_PORT, unix, tcp = true, tls } = options;
  if (!tcp && unix === undefined && tls === undefined) {
    throw new TypeError(
      "Cannot serve: there is nothing to listen on without TCP; give option unix or tls",
    );
  }
  const { password = "", protectedMode = true } = options;
  const whom = { password, protectedMode, users: options.users };
  if (tcp) checkExposure({ hostname, port, ...whom });
  if (tls) checkExposure({ hostname: tls.hostname ?? hostname, port: tls.port ?? 0, ...whom });
  const log = harmless(options.log ?? (() => {}));
  const limits = serverLimits(options.limits ?? {});
  const system = new ServerSystem();
  const databases = new Databases(options.now && { now: options.now });
  const admin = options.admin && new Admin(options.admin, protectedMode, log);
  let journal: Journal | undefined;
  let onTcp: Deno.TcpListener | undefined;
  let onTls: TlsListener | undefined;
  try {
    journal = options.data && await openData(options.data, databases, log);
    const services = newServices({
      limits,
      databases,
      journal,
      system,
      ...(options.maxMemory !== undefined && { maxMemory: options.maxMemory }),
      ...(options.maxMemoryPolicy && { maxMemoryPolicy: options.maxMemoryPolicy }),
      ...(options.protection && { protection: options.protection }),
      password,
      protectedMode,
      users: options.users,
      ...(options.now && { now: options.now }),
      onDefect: (cause) => log(`defect: ${cause instanceof Error ? cause.stack : cause}`),
    });
    onTcp = tcp ? Deno.listen({ hostname, port }) : undefined;
    onTls = tls && await TlsListener.open({ hostname, ...tls });
    const onUnix = unix === undefined ? undefined : await listenUnix(unix);
    const listeners = { onTcp, onTls, onUnix, admin };
    return new RunningServer(listeners, services, system, log, options.observer);
  } catch (cause) {
    onTcp?.close();
    onTls?.close();
    await Promise.all([journal?.close(), admin?.cut()]);
    throw cause;
  }
}

/** What a server listens on. */
interface Listeners {
  readonly onTcp: Deno.TcpListener | undefined;
  readonly onTls: TlsListener | undefined;
  readonly onUnix: Deno.UnixListener | undefined;
  readonly admin: Admin | undefined;
}

class RunningServer implements Server {
  readonly unix: string | undefined;
  readonly services: ServerServices;
  readonly finished: Promise<void>;
  readonly #limits: ServerServices["limits"];
  readonly #log: (line: string) => void;
  readonly #observer: WireObserver | undefined;
  readonly #report: EndingReport;
  #tcp: Listening<Deno.TcpListener> | undefined = undefined;
  readonly #tls: TlsListener | undefined;
  readonly #unix: Listening<Deno.UnixListener> | undefined;
  readonly #admin: Admin | undefined;
  readonly #stop = new AbortController();
  readonly #timers: Timers;
  readonly #connections = new Map<Connection, Promise<void>>();
  readonly #refusing = new Set<Promise<void>>();
  readonly #admission: Admission;
  readonly #watch: Watch;
  #ended: Promise<void> | undefined = undefined;
  readonly #finish: () => void;

  constructor(
    { onTcp, onTls, onUnix, admin }: Listeners,
    services: ServerServices,
    system: ServerSystem,
    log: (line: string) => void,
    observer: WireObserver | undefined,
  ) {
    this.services = services;
    this.#limits = services.limits;
    this.#log = log;
    this.#observer = observer;
    const explain = observer && ((last: LastReceived) => observer.explain(last));
    this.#report = new EndingReport(log, () => services.databases.now(), explain);
    this.unix = onUnix?.addr.path;
    ({ promise: this.finished, resolve: this.#finish } = Promise.withResolvers<void>());
    this.#admission = new Admission(this.#limits, log);
    this.#watch = new Watch(this.#connections, this.#limits, () => services.databases.now());
    this.#timers = new Timers(services, this.#watch, system.garbage);
    if (onTcp) this.#tcp = this.#acceptTcp(onTcp);
    this.#tls = onTls && this.#acceptTls(onTls);
    this.#unix = onUnix && this.#accept(onUnix, () => {}, () => "the Unix socket");
    system.server = this.#controls();
    this.#admin = admin;
    if (admin) admin.stage = services;
  }

  get addr(): Deno.NetAddr | undefined {
    return this.#tcp?.listener.addr;
  }

  get tlsAddr(): Deno.NetAddr | undefined {
    return this.#tls?.addr;
  }

  get adminAddr(): Deno.NetAddr | undefined {
    return this.#admin?.addr;
  }

  async reloadTls(): Promise<void> {
    if (this.#tls === undefined) throw new TypeError("the server does not listen with TLS");
    await this.#tls.reload();
  }

  shutdown(): Promise<void> {
    return this.#ended ??= this.#shutdown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /** What clients may ask of the server as a whole. */
  #controls(): ServerControls {
    const addr = () => this.addr;
    const watch = this.#watch;
    return {
      get hostname() {
        return addr()?.hostname ?? "";
      },
      get port() {
        return addr()?.port ?? 0;
      },
      tlsHostname: this.tlsAddr?.hostname ?? "",
      unix: this.unix ?? "",
      get bufferBytes() {
        return watch.total;
      },
      listen: (port) => this.#listenOn(port),
      shutdown: () => void this.shutdown(),
      log: this.#log,
    };
  }

  /** Listens on another port instead; what is connected stays. */
  #listenOn(port: number): void {
    const old = this.#tcp;
    if (old === undefined) throw new TypeError("the server does not listen on TCP");
    if (port === 0) throw new TypeError("it would be any port");
    this.#tcp = this.#acceptTcp(Deno.listen({ hostname: old.listener.addr.hostname, port }));
    old.stop.abort();
    old.listener.close();
  }

  #acceptTcp(listener: Deno.TcpListener): Listening<Deno.TcpListener> {
    return this.#accept(listener, prepareTcp, (socket) => formatHostPort(socket.remoteAddr));
  }

  #acceptTls(listener: TlsListener): TlsListener {
    const { signal } = this.#stop;
    const report = new HandshakeReport(this.#log, () => this.services.databases.now());
    const prepare = (socket: Deno.TlsConn) => {
      const timeout = this.#limits.handshakeTimeout;
      const onError = (reason: string) => report.add(socket.remoteAddr, reason);
      void shakeHands(socket, { timeout, signal, onError }); // Reads wait for it, and fail with it.
    };
    this.#accept(listener, prepare, (socket) => formatHostPort(socket.remoteAddr));
    return listener;
  }

  #accept<S extends Socket, L extends Acceptor<S>>(
    listener: L & Acceptor<S>,
    prepare: (socket: S) => void,
    peerOf: (socket: S) => string,
  ): Listening<L> {
    const stop = new AbortController();
    acceptAll<S>(listener, {
      signal: AbortSignal.any([this.#stop.signal, stop.signal]),
      onError: (cause, delay) => {
        const what = cause instanceof Error ? cause.message : cause;
        this.#log(`cannot accept: ${what}; trying again in ${delay} ms`);
      },
      onConnection: (socket) => {
        // It was accepted just before the shutdown, which knows nothing of it.
        if (this.#stop.signal.aborted) return closeQuietly(socket);
        try {
          prepare(socket);
          this.#admit(socket, () => peerOf(socket));
        } catch {
          closeQuietly(socket); // Some platforms say so of a socket that its peer has reset.
        }
      },
    });
    return { listener, stop };
  }

  #admit(socket: Socket, peer: () => string): void {
    const leave = this.#admission.admit(socket);
    if (typeof leave === "string") return this.#refuse(socket, leave);
    try {
      this.#serve(socket, peer, leave);
    } catch (cause) {
      leave();
      throw cause;
    }
  }

  #serve(socket: Socket, peer: () => string, leave: () => void): void {
    const { counters, statistics, onDefect } = this.services;
    const grow = (bytes: number) => this.#watch.grow(bytes);
    const observer = this.#observer;
    const connection = new Connection(socket, this.services, this.#limits, grow, observer);
    counters.accepted++;
    counters.connections++;
    const run = connection.run().then((ending) => {
      statistics.countEnding(ending.reason);
      this.#report.add(peer(), ending);
    }).catch(onDefect).finally(() => {
      counters.connections--;
      this.#connections.delete(connection);
      leave();
    });
    this.#connections.set(connection, run);
  }

  /** Says why, and closes. */
  #refuse(socket: Socket, message: string): void {
    this.services.counters.refused++;
    if (this.#refusing.size >= MAX_REFUSING) return closeQuietly(socket);
    const done = refuse(socket, message, this.#stop.signal)
      .finally(() => this.#refusing.delete(done));
    this.#refusing.add(done);
  }

  async #shutdown(): Promise<void> {
    this.#stop.abort();
    if (this.#admin) this.#admin.stage = "stopping";
    this.#tcp?.listener.close();
    this.#tls?.close();
    this.#unix?.listener.close();
    const chores = this.#timers.stop();
    for (const connection of this.#connections.keys()) connection.drain("shutdown");
    const deadline = setTimeout(() => {
      for (const connection of this.#connections.keys()) connection.close("shutdown deadline");
      void this.#admin?.cut();
    }, this.#limits.shutdownTimeout);
    await Promise.all([...this.#connections.values(), ...this.#refusing]);
    await chores;
    await this.services.journal?.close();
    if (this.unix !== undefined) await Deno.remove(this.unix).catch(() => {});
    await this.#admin?.close();
    clearTimeout(deadline);
    this.#finish();
  }
}

/** A listener whose connections are taken. */
interface Listening<L> {
  readonly listener: L;
  /** Ends the taking of connections, for this listener only. */
  readonly stop: AbortController;
}

/** Replies go out at once, and a peer that vanished is noticed. */
function prepareTcp(socket: Deno.TcpConn): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
}
