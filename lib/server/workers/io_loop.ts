/**
 * What a worker does.
 *
 * @module
 */

import { acceptAll, type Acceptor } from "../accept.ts";
import { DatabasesReader, type SharedNews } from "../../store/mod.ts";
import { closeQuietly, prepareTcp } from "../socket.ts";
import { Answered } from "./answered.ts";
import { Answerer } from "../plain/answerer.ts";
import { Bell } from "./bell.ts";
import { IoConnection, type Outbox } from "./io_connection.ts";
import { ANSWERED_AT, type Layout, layout } from "./layout.ts";
import { DOWN, type Opening, type Order, type Report, UP } from "./messages.ts";
import { Poller } from "./poller.ts";
import { RingError } from "./ring.ts";

/** While the store's thread has not been told of so many connections, no more are accepted. */
const MAX_UNTOLD = 64;

/** How long to wait until it may have been, in milliseconds. */
const UNTOLD_DELAY = 5;

/** A part of a request is held for this time at the most, in milliseconds. */
const HOLD_TIME = 20;

const ENCODER = new TextEncoder();

/** The sockets of one worker, and the two rings that lead to the store's thread and back. */
export class IoLoop implements Outbox {
  readonly answerer: Answerer | undefined;
  /** What it answers from. */
  readonly #databases: DatabasesReader | undefined;
  readonly #layout: Layout;
  readonly #storeBell: Bell;
  readonly #report: (report: Report) => void;
  readonly #poller: Poller;
  readonly #connections = new Map<number, IoConnection>();
  /** Those with something to tell that there was no room for. */
  readonly #untold = new Set<IoConnection>();
  /** Those with something to tell that nobody waits for. */
  readonly #later = new Set<IoConnection>();
  /** Those that hold a part of a request, which are told when the time is over. */
  readonly #holding = new Set<IoConnection>();
  #holdTimer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** Those that wait for an answer. */
  readonly #expecting = new Set<IoConnection>();
  readonly #stop = new AbortController();
  #listener: Deno.TcpListener | undefined = undefined;
  #accepting: Promise<void> = Promise.resolve();
  #lastId = 0;

  /** Makes one that does not listen yet, from what it was given to start with. */
  constructor(
    { bell, rings, store }: Pick<Order & { readonly order: "start" }, "bell" | "rings" | "store">,
    report: (report: Report) => void,
  ) {
    this.#layout = layout(rings);
    const databases = this.#databases = store && new DatabasesReader(store.shared);
    this.answerer = databases && new Answerer({
      finderOf: (database) => databases.at(database),
      maxKeySize: store.maxKeySize,
      tally: new Answered(rings, ANSWERED_AT),
      // It is one of a sample: that there is no room for it does not matter.
      onKey: (key, database) => void this.#layout.up.push(UP.KEY, 0, database, key),
    });
    this.#storeBell = new Bell(bell, 0);
    this.#report = report;
    this.#poller = new Poller(this.#layout.bell, {
      step: () => this.#step(),
      expects: () => this.#expecting.size > 0,
      wantsRoom: () => this.#untold.size > 0,
      beforeSleep: () => this.#tellLater(),
    });
    this.#poller.wake();
  }

  /** Listens beside the other workers on the same address, and accepts. */
  listen(hostname: string, port: number): void {
    const listener = Deno.listen({ hostname, port, reusePort: true });
    this.#listener = listener;
    this.#accepting = acceptAll<Deno.TcpConn>(this.#slowed(listener), {
      signal: this.#stop.signal,
      onConnection: (socket) => this.#open(socket),
      onError: (cause, delay) => {
        const message = cause instanceof Error ? cause.message : String(cause);
        this.#report({ report: "accept error", message, delay });
      },
    });
    this.#report({ report: "listening" });
  }

  /** Accepts no more; what was accepted is told. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#listener?.close();
    await this.#accepting;
    this.#report({ report: "stopped" });
  }

  /** Does what stands in the ring, and closes what is open still. */
  async end(): Promise<void> {
    await this.#poller.stop();
    clearTimeout(this.#holdTimer);
    this.#step();
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
    this.#report({ report: "ended" });
  }

  /** What is answered from has changed. */
  take(news: SharedNews): void {
    this.#databases?.take(news);
  }

  say(connection: IoConnection): void {
    this.whisper(connection);
    this.#storeBell.ring();
  }

  whisper(connection: IoConnection): void {
    if (this.#untold.has(connection)) return; // It comes in its turn.
    if (!connection.tell(this.#layout.up)) this.#untold.add(connection);
  }

  sayLater(connection: IoConnection): void {
    this.#later.add(connection);
  }

  expect(connection: IoConnection, isExpected: boolean): void {
    if (!isExpected) return void this.#expecting.delete(connection);
    this.#expecting.add(connection);
    this.#poller.wake();
  }

  hold(connection: IoConnection): void {
    this.#holding.add(connection);
    this.#holdTimer ??= setTimeout(() => this.#release(), HOLD_TIME);
  }

  #release(): void {
    this.#holdTimer = undefined;
    const held = [...this.#holding];
    this.#holding.clear();
    for (const connection of held) connection.release();
  }

  /** A listener that waits while the store's thread does not take what it is told. */
  #slowed(listener: Deno.TcpListener): Acceptor<Deno.TcpConn> {
    const accept = async () => {
      while (this.#untold.size >= MAX_UNTOLD && !this.#stop.signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, UNTOLD_DELAY));
      }
      return listener.accept();
    };
    return { accept };
  }

  #open(socket: Deno.TcpConn): void {
    try {
      prepareTcp(socket);
      const opening: Opening = { remote: socket.remoteAddr, local: socket.localAddr };
      const id = this.#lastId = (this.#lastId + 1) & 0x7fff_ffff;
      const bytes = ENCODER.encode(JSON.stringify(opening));
      const connection = new IoConnection(id, socket, bytes, this);
      this.#connections.set(id, connection);
      this.say(connection);
    } catch {
      closeQuietly(socket); // Some platforms say so of a socket that its peer has reset.
    }
  }

  #step(): boolean {
    const { down } = this.#layout;
    const told = this.#untold.size > 0 && this.#tellUntold();
    if (!down.next()) return told;
    do this.#take(); while (down.next());
    down.release();
    this.#storeBell.ringForRoom();
    return true;
  }

  #take(): void {
    const { down } = this.#layout;
    if (down.kind > DOWN.STOP) {
      throw new RingError(`Cannot take message: there is no kind ${down.kind}`);
    }
    const connection = this.#connections.get(down.id);
    if (connection === undefined) return;
    if (down.kind === DOWN.READ) connection.read(down.value);
    else if (down.kind === DOWN.WRITE) connection.write(down.copy());
    else if (down.kind === DOWN.ASK) connection.ask();
    else if (down.kind === DOWN.END) connection.end();
    else if (down.kind === DOWN.STOP) connection.stop();
    else this.#close(connection);
  }

  #close(connection: IoConnection): void {
    connection.close();
    this.#connections.delete(connection.id);
    this.#untold.delete(connection);
    this.#later.delete(connection);
    this.#holding.delete(connection);
  }

  /** Returns whether one of them could be told. */
  #tellUntold(): boolean {
    let told = false;
    for (const connection of this.#untold) {
      if (!connection.tell(this.#layout.up)) break;
      this.#untold.delete(connection);
      told = true;
    }
    if (told) this.#storeBell.ring();
    return told;
  }

  /** Nobody is woken for it: it is found when there is something else to find. */
  #tellLater(): void {
    for (const connection of this.#later) {
      if (!connection.tellSent(this.#layout.up)) return;
      this.#later.delete(connection);
    }
  }
}
