/**
 * The server: listeners, connections, and their end.
 *
 * @module
 */

import { Databases, type Journal } from "../store/mod.ts";
import { acceptAll, type Acceptor } from "./accept.ts";
import { Admin } from "./admin/admin.ts";
import { Admission } from "./admission.ts";
import { DEFAULT_HOST, DEFAULT_PORT, formatHostPort } from "./address.ts";
import { Connection } from "./connection.ts";
import { openData } from "./data.ts";
import { EndingReport } from "./ending_report.ts";
import { harmless } from "./harmless.ts";
import { serverLimits } from "./limits.ts";
import type { LastReceived, WireObserver } from "./observer.ts";
import { checkExposure } from "./protected_mode.ts";
import { admitReaders, countAnswered } from "./readers.ts";
import { refuse } from "./refuse.ts";
import type { ServeOptions, Server } from "./serve_options.ts";
import { newServices, type ServerServices } from "./services.ts";
import { closeQuietly, prepareTcp, type Socket } from "./socket.ts";
import { type ServerControls, ServerSystem } from "./system.ts";
import { Timers } from "./timers.ts";
import { HandshakeReport, shakeHands, TlsListener } from "./tls.ts";
import { listenUnix } from "./unix.ts";
import { Watch } from "./watch.ts";
import { Workers } from "./workers/workers.ts";

/** Refused connections that linger for their error to arrive; more are closed at once. */
const MAX_REFUSING = 64;

/**
 * Starts a server.
 *
 * @throws {RangeError} When a limit is out of range.
 * @throws {ProtectedModeError} When other machines could reach it, and no password is asked for.
 * @throws {TypeError} When it is to listen on nothing, or with workers and without TCP.
 * @throws {WorkersError} When there can be no workers on this system, or with these permissions.
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
  const { workers: count = 0 } = options;
  if (!tcp && unix === undefined && tls === undefined) {
    throw new TypeError(
      "Cannot serve: there is nothing to listen on without TCP; give option unix or tls",
    );
  }
  if (!tcp && count > 0) {
    throw new TypeError(
      "Cannot serve with workers: they own sockets of TCP, and option tcp is false",
    );
  }
  const { password = "", protectedMode = true } = options;
  const whom = { password, protectedMode, users: options.users };
  if (tcp) checkExposure({ hostname, port, ...whom });
  if (tls) checkExposure({ hostname: tls.hostname ?? hostname, port: tls.port ?? 0, ...whom });
  const log = harmless(options.log ?? (() => {}));
  const limits = serverLimits(options.limits ?? {});
  const system = new ServerSystem();
  // Workers go by the real time: with another clock they ask for each request.
  const shared = count > 0 && options.now === undefined;
  const databases = new Databases({ shared, ...options.now && { now: options.now } });
  const admin = options.admin && new Admin(options.admin, protectedMode, log);
  let journal: Journal | undefined;
  let onTcp: Deno.TcpListener | undefined;
  let onTls: TlsListener | undefined;
  let workers: Workers | undefined;
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
    if (count !== 0) {
      const { maxKeySize } = limits;
      workers = await Workers.start({ count, hostname, port, log, databases, maxKeySize });
    } else if (tcp) onTcp = Deno.listen({ hostname, port });
    onTls = tls && await TlsListener.open({ hostname, ...tls });
    const onUnix = unix === undefined ? undefined : await listenUnix(unix);
    const listeners = { onTcp, workers, onTls, onUnix, admin };
    return new RunningServer(listeners, services, system, log, options.observer);
  } catch (cause) {
    onTcp?.close();
    onTls?.close();
    await Promise.all([journal?.close(), admin?.cut(), workers?.close()]);
    throw cause;
  }
}

/** What a server listens on. */
interface Listeners {
  readonly onTcp: Deno.TcpListener | undefined;
  readonly workers: Workers | undefined;
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
  readonly #workers: Workers | undefined;
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
    { onTcp, workers, onTls, onUnix, admin }: Listeners,
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
    this.#workers = workers;
    admitReaders(services);
    if (workers) {
      services.statistics.gather = () => workers.gather();
      workers.serve({
        ...countAnswered(services),
        onSocket: (socket) => this.#take(socket, () => formatHostPort(socket.remoteAddr)),
      });
    }
    this.#tls = onTls && this.#acceptTls(onTls);
    this.#unix = onUnix && this.#accept(onUnix, () => {}, () => "the Unix socket");
    system.server = this.#controls();
    this.#admin = admin;
    if (admin) admin.stage = services;
  }

  get addr(): Deno.NetAddr | undefined {
    return this.#workers?.addr ?? this.#tcp?.listener.addr;
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
    if (this.#workers) throw new TypeError("the port stays as it is with option workers");
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
      onConnection: (socket) => this.#take(socket, () => peerOf(socket), () => prepare(socket)),
    });
    return { listener, stop };
  }

  #take(socket: Socket, peer: () => string, prepare: () => void = () => {}): void {
    // It was accepted just before the shutdown, which knows nothing of it.
    if (this.#stop.signal.aborted) return closeQuietly(socket);
    try {
      prepare();
      this.#admit(socket, peer);
    } catch {
      closeQuietly(socket); // Some platforms say so of a socket that its peer has reset.
    }
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
    const accepted = this.#workers?.stopAccepting();
    const chores = this.#timers.stop();
    for (const connection of this.#connections.keys()) connection.drain("shutdown");
    const deadline = setTimeout(() => {
      for (const connection of this.#connections.keys()) connection.close("shutdown deadline");
      void this.#admin?.cut();
    }, this.#limits.shutdownTimeout);
    await Promise.all([...this.#connections.values(), ...this.#refusing]);
    await accepted;
    await this.#workers?.close();
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
