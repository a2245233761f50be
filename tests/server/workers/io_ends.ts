/** Connections of a worker whose socket is the test, and whose store's thread is the test or a session. */

import { Databases, DatabasesReader } from "../../../lib/store/mod.ts";
import { newServices, Session } from "../../../lib/server/mod.ts";
import { Answered, ANSWERED_BYTES } from "../../../lib/server/workers/answered.ts";
import { Answerer, type Reply } from "../../../lib/server/plain/answerer.ts";
import { IoConnection, type Outbox } from "../../../lib/server/workers/io_connection.ts";
import { Lane } from "../../../lib/server/workers/lane.ts";
import { layout, newRings } from "../../../lib/server/workers/layout.ts";
import { DOWN, UP } from "../../../lib/server/workers/messages.ts";
import { Ring, RING_BYTES } from "../../../lib/server/workers/ring.ts";
import type { RingSocket } from "../../../lib/server/workers/ring_socket.ts";
import { SendWindow } from "../../../lib/server/workers/send_window.ts";
import { nextTurn } from "../../../lib/server/turn.ts";
import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { settle, utf8 } from "../../codec/helpers.ts";
import { FakeSocket } from "../fake_socket.ts";

/** A socket that knows how much could have been read each time, and takes only so much at once. */
export class SpiedSocket extends FakeSocket {
  readonly rooms: number[] = [];
  most = Infinity;

  override read(room: Uint8Array): Promise<number | null> {
    assert(room.length > 0, "a read of nothing");
    this.rooms.push(room.length);
    return super.read(room);
  }

  override write(bytes: Uint8Array): Promise<number> {
    return super.write(bytes.subarray(0, this.most));
  }

  /** What was sent since. */
  taken(): Uint8Array {
    return concat(this.sent.splice(0));
  }
}

/** An answerer that knows how often it has answered, and how many of its replies are not given back. */
export class CountingAnswerer extends Answerer {
  answers = 0;
  underWay = 0;

  /** Answers from databases, and learns all at once. */
  constructor(databases: Databases) {
    const reader = new DatabasesReader(databases.shared!);
    super({
      finderOf: (database) => reader.at(database),
      maxKeySize: 65_535,
      tally: new Answered(new SharedArrayBuffer(ANSWERED_BYTES), 0),
      onKey: () => {},
    });
    databases.sections!.onShared = (news) => reader.take(news);
  }

  override answer(bytes: Uint8Array, from: number, to: number, permit: number): Reply | undefined {
    const reply = super.answer(bytes, from, to, permit);
    if (reply === undefined) return undefined;
    this.answers++;
    this.underWay++;
    return reply;
  }

  override giveBack(reply: Reply): void {
    this.underWay--;
    super.giveBack(reply);
  }
}

/** A connection of a worker, whose socket and whose store's thread are the test. */
export class Ends implements Outbox {
  readonly socket = new SpiedSocket();
  readonly #shared = new SharedArrayBuffer(RING_BYTES);
  readonly up = new Ring(this.#shared, 0);
  readonly #reader = new Ring(this.#shared, 0);
  readonly later = new Set<IoConnection>();
  readonly held = new Set<IoConnection>();
  readonly databases: Databases = new Databases({ shared: true });
  readonly answerer: CountingAnswerer = new CountingAnswerer(this.databases);
  /** The bytes of DATA. */
  readonly data: Uint8Array[] = [];
  untold = 0;
  readonly connection: IoConnection = new IoConnection(9, this.socket, utf8("opening"), this);

  say(connection: IoConnection): void {
    if (!connection.tell(this.up)) this.untold++;
  }

  whisper(connection: IoConnection): void {
    this.say(connection);
  }

  sayLater(connection: IoConnection): void {
    this.later.add(connection);
  }

  expect(): void {}

  hold(connection: IoConnection): void {
    this.held.add(connection);
  }

  /** What was told since: kind, how much was sent, how many bytes. */
  heard(): (readonly [string, number, number])[] {
    const messages: (readonly [string, number, number])[] = [];
    while (this.#reader.next()) {
      const { kind, id, value, size } = this.#reader;
      assertEquals(id, 9);
      const name = Object.entries(UP).find(([, number]) => number === kind)![0];
      messages.push([name, value, size]);
      if (kind === UP.DATA) this.data.push(this.#reader.copy());
    }
    this.#reader.release();
    return messages;
  }

  /** The same, without what may be told later. */
  heardOfBytes(): (readonly [string, number, number])[] {
    return this.heard().filter(([kind]) => kind !== "ANSWERED");
  }
}

const ADDRESS: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 7 };

/** A connection of a worker with its lane and a session: all but the threads, and the bells. */
export class Served implements Outbox {
  readonly socket = new SpiedSocket();
  readonly databases: Databases = new Databases({ shared: true });
  readonly answerer: CountingAnswerer = new CountingAnswerer(this.databases);
  /** How many bytes the session has got. */
  received = 0;
  readonly session: Session = new Session(newServices({ databases: this.databases }));
  readonly #room: number;
  readonly #rings = newRings();
  readonly #worker = layout(this.#rings);
  readonly #untold = new Set<IoConnection>();
  readonly #later = new Set<IoConnection>();
  readonly #held = new Set<IoConnection>();
  #steps = 0;
  readonly #lane: Lane;
  readonly #connection: IoConnection;

  /** Serves with blocks of some size. */
  constructor(room: number) {
    this.#room = room;
    const sink = {
      onSocket: (socket: RingSocket) => void this.#serve(socket),
      onAnswers() {},
      onAnsweredBytes() {},
      onAnswerTimes() {},
      onKey() {},
    };
    this.#lane = new Lane({ rings: this.#rings, window: new SendWindow(), sink });
    const opening = utf8(JSON.stringify({ remote: ADDRESS, local: ADDRESS }));
    this.#connection = new IoConnection(9, this.socket, opening, this);
    this.say(this.#connection);
  }

  say(connection: IoConnection): void {
    if (!connection.tell(this.#worker.up)) this.#untold.add(connection);
  }

  whisper(connection: IoConnection): void {
    this.say(connection);
  }

  sayLater(connection: IoConnection): void {
    this.#later.add(connection);
  }

  expect(): void {}

  hold(connection: IoConnection): void {
    this.#held.add(connection);
  }

  /** Gives bytes to be read, lets all go on that can, and returns what was sent. */
  async talk(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
    this.socket.give(...parts.filter(({ length }) => length > 0));
    do {
      await settle();
      await nextTurn(); // For which a connection waits that always has more.
    } while (this.#step() || this.socket.left > 0);
    return this.socket.taken();
  }

  #step(): boolean {
    const moved = this.#lane.step();
    const { down, up } = this.#worker;
    if (this.#steps++ % 3 === 0) { for (const connection of this.#held) connection.release(); }
    this.#held.clear();
    for (const connection of this.#untold) if (connection.tell(up)) this.#untold.delete(connection);
    for (const connection of this.#later) {
      if (connection.tellSent(up)) this.#later.delete(connection);
    }
    if (!down.next()) return moved;
    do {
      const { kind, value } = down;
      if (kind === DOWN.READ) this.#connection.read(value);
      else if (kind === DOWN.WRITE) this.#connection.write(down.copy());
      else if (kind === DOWN.ASK) this.#connection.ask();
      else assert(false, `kind ${kind}`);
    } while (down.next());
    down.release();
    return true;
  }

  async #serve(socket: RingSocket): Promise<void> {
    for (;;) {
      const room = new Uint8Array(this.#room);
      const size = await socket.read(room, this.session.permit);
      if (size === null) return;
      this.received += size;
      const replies = this.session.receive(room.subarray(0, size));
      for (let at = 0; at < replies.length;) at += await socket.write(replies.subarray(at));
    }
  }
}
