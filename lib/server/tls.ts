/**
 * Listening with TLS.
 *
 * @module
 */

import type { Acceptor } from "./accept.ts";
import { formatHostPort } from "./address.ts";
import { closeQuietly } from "./socket.ts";

/** How a server listens with TLS. */
export interface TlsOptions {
  /** The path of the certificate in PEM, with those between it and its root behind it. */
  readonly certificate: string;
  /** The path of its private key in PEM. */
  readonly key: string;
  /** The address to listen on. Default: that of the server. */
  readonly hostname?: string;
  /** The port; 0 picks a free one. Default 0. */
  readonly port?: number;
}

/** A certificate or its key cannot be used. */
export class TlsError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "TlsError";
  /** Which option names the file that is wrong. */
  readonly option: "certificate" | "key";

  /** Makes the error of the file that an option names. */
  constructor(option: "certificate" | "key", path: string, cause: Error) {
    super(`Cannot use ${option} ${path}: ${cause.message}`, { cause });
    this.option = option;
  }
}

/** What a listener shows to its clients, as PEM. */
interface Identity {
  readonly cert: string;
  readonly key: string;
}

/**
 * Takes connections on a port with TLS. Its certificate can be changed: Deno has no way to give a listener
 * another one, so another listener takes its place.
 */
export class TlsListener implements Acceptor<Deno.TlsConn> {
  readonly #options: TlsOptions;
  readonly #addr: Deno.NetAddr;
  #identity: Identity;
  /** None between the end of one and the start of the next. */
  #listener: Deno.TlsListener | undefined;
  #closed = false;
  /** Told when the next listener listens. */
  #replaced: PromiseWithResolvers<void> | undefined = undefined;

  private constructor(options: TlsOptions, identity: Identity) {
    const { hostname = "127.0.0.1", port = 0 } = options;
    this.#identity = identity;
    this.#listener = Deno.listenTls({ hostname, port, ...identity });
    this.#addr = this.#listener.addr;
    this.#options = options;
  }

  /**
   * Listens.
   *
   * @throws {TlsError} When a file cannot be read, is not what it should be, or the key is another's.
   * @throws {Deno.errors.NotCapable} When the program may not read the files, or not listen there.
   * @throws {Deno.errors.AddrInUse} When somebody listens there already.
   */
  static async open(options: TlsOptions): Promise<TlsListener> {
    return new TlsListener(options, await readIdentity(options));
  }

  /** Where it listens, with the real port. */
  get addr(): Deno.NetAddr {
    return this.#addr;
  }

  /** Waits for the next connection, whose handshake comes later. */
  async accept(): Promise<Deno.TlsConn> {
    for (;;) {
      const listener = this.#open();
      try {
        return await listener.accept();
      } catch (cause) {
        if (this.#listener === listener || this.#closed) throw cause;
      }
    }
  }

  /**
   * Reads the files again, and listens with what they have now. Connections stay. For less than a
   * millisecond nobody listens: the port is free only when the pending accept has ended.
   *
   * @throws {TlsError} When the files cannot be used: nothing is changed.
   */
  async reload(): Promise<void> {
    this.#identity = await readIdentity(this.#options);
    if (this.#closed) return;
    this.#replaced ??= Promise.withResolvers();
    this.#listener?.close();
    this.#listener = undefined;
    await this.#replaced.promise;
  }

  /** Takes no more connections. */
  close(): void {
    this.#closed = true;
    this.#listener?.close();
    this.#replaced?.resolve();
  }

  #open(): Deno.TlsListener {
    if (this.#listener !== undefined) return this.#listener;
    if (this.#closed) throw new Deno.errors.BadResource("Cannot accept: it is closed");
    const { hostname, port } = this.#addr;
    this.#listener = Deno.listenTls({ hostname, port, ...this.#identity });
    this.#replaced?.resolve();
    this.#replaced = undefined;
    return this.#listener;
  }
}

async function readIdentity({ certificate, key }: TlsOptions): Promise<Identity> {
  const identity = {
    cert: await readPem("certificate", certificate, /-----BEGIN CERTIFICATE-----/),
    key: await readPem("key", key, /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/),
  };
  try {
    Deno.createHttpClient(identity).close(); // Finds what is wrong without a port.
  } catch (cause) {
    throw wrongIdentity({ certificate, key }, cause as Error);
  }
  return identity;
}

async function readPem(option: "certificate" | "key", path: string, begin: RegExp) {
  try {
    const text = await Deno.readTextFile(path);
    if (begin.test(text)) return text;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new TlsError(option, path, cause as Error);
  }
  const what = option === "key" ? "unencrypted private key" : "certificate";
  throw new TlsError(option, path, new TypeError(`it has no ${what} in PEM`));
}

/** Says which file it is: the errors of Deno tell them apart by their text only. */
function wrongIdentity({ certificate, key }: TlsOptions, { message }: Error): TlsError {
  if (message.includes("KeyMismatch")) {
    return new TlsError("key", key, new TypeError(`it is not the key of ${certificate}`));
  }
  const option = /\bkeys?\b/i.test(message) ? "key" : "certificate";
  return new TlsError(option, option === "key" ? key : certificate, new TypeError(message));
}

/** How a handshake is bounded. */
export interface HandshakeOptions {
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  /** Ends it when it is aborted. */
  readonly signal: AbortSignal;
  /** Told why it failed; not told when the signal has ended it. */
  readonly onError: (reason: string) => void;
}

/**
 * Shakes hands, or closes the connection; never rejects. Reads and writes may be pending meanwhile: they
 * wait for it, and fail with it.
 */
export async function shakeHands(
  conn: Pick<Deno.TlsConn, "handshake" | "close" | "read" | "write" | "closeWrite">,
  { timeout, signal, onError }: HandshakeOptions,
): Promise<void> {
  let late = false;
  const close = () => closeQuietly(conn);
  const timer = setTimeout(() => {
    late = true;
    close();
  }, timeout);
  signal.addEventListener("abort", close);
  try {
    await conn.handshake();
  } catch (cause) {
    close();
    if (late) onError(`it took longer than ${timeout} ms (option handshakeTimeout)`);
    else if (!signal.aborted) onError(reasonOf(cause));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", close);
  }
}

function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return /InvalidContentType|corrupt message/.test(message)
    ? `${message}: the peer does not speak TLS`
    : message;
}

/** The least time between two lines about failed handshakes, in milliseconds. */
const REPORT_INTERVAL = 10_000;

/**
 * Tells of failed handshakes, and not of each when there are many: anybody can make them fail.
 *
 * @example
 * ```ts
 * import { HandshakeReport } from "@cortado/cortado/server";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const report = new HandshakeReport((line) => lines.push(line), () => 0);
 * const peer: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 7 };
 * for (let i = 0; i < 100; i++) report.add(peer, "received fatal alert: UnknownCA");
 * assertEquals(lines, ["192.0.2.1:7: TLS handshake failed: received fatal alert: UnknownCA"]);
 * ```
 */
export class HandshakeReport {
  readonly #log: (line: string) => void;
  readonly #now: () => number;
  #next = -Infinity;
  #untold = 0;

  /** Tells to a log, by a clock in milliseconds. */
  constructor(log: (line: string) => void, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** Counts one. */
  add(peer: Deno.NetAddr, reason: string): void {
    const now = this.#now();
    if (now < this.#next) {
      this.#untold++;
      return;
    }
    const more = this.#untold === 0 ? "" : ` (${this.#untold} more since the last such line)`;
    this.#next = now + REPORT_INTERVAL;
    this.#untold = 0;
    this.#log(`${formatHostPort(peer)}: TLS handshake failed: ${reason}${more}`);
  }
}
