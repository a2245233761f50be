/**
 * The command `tap`.
 *
 * @module
 */

import { CaptureWriter, Inspector, Mask } from "../inspect/mod.ts";
import { DEFAULT_HOST, formatHostPort } from "../server/address.ts";
import type { Relay, RelayedConnection, RelayObserver, RelaySide } from "../server/relay.ts";
import { type Command, command } from "./command.ts";
import { describe, UsageError } from "./error.ts";
import { type Io, writeLine } from "./io.ts";
import { valueOption } from "./options.ts";
import { parseAddress, parseHost, parsePort } from "./quantities.ts";
import { type View, VIEW_OPTIONS, viewOf } from "./view_options.ts";

/** So much of a frame is waited for, in bytes: of a longer one the beginning is shown. */
const MAX_HELD = 1_048_576;

/** Passes connections on to a server, and shows what is said. */
export const tapCommand: Command<Io> = command({
  name: "tap",
  summary: "pass connections on to a server, and show what is said as inspect does",
  notes: [
    "  main.ts tap --listen 7000 --to 127.0.0.1:51966",
    "Clients connect to the port that is listened on. It shows CAFE and RESP; each request has the one of",
    "the other protocol beside it, where there is one. What --record keeps, inspect and Wireshark read.",
    "Passwords are not shown, but recorded. SIGINT or SIGTERM ends it, with 0.",
    "",
    "Permissions: other addresses than this machine's need --allow-net=HOST:PORT for both; --record needs",
    "--allow-write=FILE.",
  ],
  options: {
    listen: valueOption("PORT", "where to listen; 0: on any free port", parsePort),
    host: valueOption("HOST", `the address to listen on (default ${DEFAULT_HOST})`, parseHost),
    to: valueOption("HOST:PORT", "the server to pass connections on to", parseAddress),
    record: valueOption("FILE", "keep all that is said, with times, as a pcapng", String),
    ...VIEW_OPTIONS,
  },
  prepare: (_, options) => {
    const { listen, to, record } = options;
    if (listen === undefined) throw new UsageError("Cannot run tap: --listen PORT is missing");
    if (to === undefined || "path" in to || to.tls) {
      throw new UsageError("Cannot run tap: --to HOST:PORT is missing, or is none");
    }
    return async (io) => {
      using file = record === undefined ? undefined : await openRecord(record);
      const tap = new Tap(io, to.port, viewOf(options, io), file);
      await tap.begin();
      const { Relay } = await import("../server/relay.ts");
      const { host: hostname = DEFAULT_HOST } = options;
      await using relay = new Relay({ hostname, port: listen, to, observer: tap });
      await untilSignal(relay, tap, io);
      await relay.close();
    };
  },
});

/** Writes what is said as a capture, which is recorded, and shows what the inspector reads in it, masked. */
class Tap implements RelayObserver {
  readonly #io: Io;
  readonly #writer = new CaptureWriter();
  readonly #inspector: Inspector;
  readonly #show: View["show"];
  readonly #masks = new WeakMap<RelayedConnection, Readonly<Record<RelaySide, Mask>>>();
  readonly #file: Deno.FsFile | undefined;
  /** The sides that have ended. */
  readonly #ended = new Set<RelayedConnection>();
  readonly #failure = Promise.withResolvers<never>();
  /** What is written, one after the other. */
  #written: Promise<void> = Promise.resolve();

  constructor(io: Io, port: number, { maxShown, show }: View, file: Deno.FsFile | undefined) {
    this.#io = io;
    const options = { ports: [port], maxShown, maxHeld: Math.max(MAX_HELD, maxShown) };
    this.#inspector = new Inspector({ format: "pcapng", ...options });
    this.#show = show;
    this.#file = file;
    this.#failure.promise.catch(() => {}); // It may fail before anybody waits for that.
  }

  /** Rejects when what is shown or recorded cannot be written. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  begin(): Promise<void> {
    return this.#add(this.#writer.begin());
  }

  opened(connection: RelayedConnection): Promise<void> {
    this.#masks.set(connection, { client: new Mask(), server: new Mask() });
    return this.#add(this.#writer.opened(connection, now()));
  }

  sent(connection: RelayedConnection, by: RelaySide, bytes: Uint8Array): Promise<void> {
    return this.#add(this.#writer.sent(connection, by, bytes, now()), this.#maskOf(connection, by));
  }

  ended(connection: RelayedConnection, by: RelaySide): Promise<void> {
    const ending = this.#writer.ended(connection, by, now());
    const added = this.#add(ending, this.#maskOf(connection, by));
    if (!this.#ended.delete(connection)) this.#ended.add(connection);
    else this.#writer.forget(connection);
    return added;
  }

  failed(error: unknown): void {
    const line = `cortado: Cannot pass a connection on: ${describe(error)}`;
    void this.#then(() => writeLine(this.#io.stderr, line));
  }

  #maskOf(connection: RelayedConnection, by: RelaySide): Mask {
    return this.#masks.get(connection)![by];
  }

  /** Adds what one side says. */
  #add(capture: Uint8Array, mask = new Mask()): Promise<void> {
    const lines = this.#inspector.push(capture).flatMap((located) =>
      this.#show({ ...located, item: mask.apply(located.item) })
    );
    return this.#then(async () => {
      for (let rest = capture; this.#file && rest.length > 0;) {
        rest = rest.subarray(await this.#file.write(rest));
      }
      if (lines.length > 0) await writeLine(this.#io.stdout, lines.join("\n"));
    });
  }

  #then(step: () => Promise<void>): Promise<void> {
    this.#written = this.#written.then(step).catch((error) => this.#failure.reject(error));
    return this.#written;
  }
}

/** The time with parts of milliseconds. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

async function untilSignal(relay: Relay, tap: Tap, io: Io): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stopListening = io.onEndSignal(() => resolve());
  try {
    await writeLine(io.stderr, `listening on ${formatHostPort(relay.address)}`);
    await Promise.race([promise, tap.failure]);
  } finally {
    stopListening();
  }
}

async function openRecord(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(`Cannot write ${path}: it needs --allow-write=${path}`);
    }
    throw new Error(`Cannot write ${path}: ${describe(error)}`);
  }
}
