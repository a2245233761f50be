import { IoConnection, type Outbox } from "../../../lib/server/workers/io_connection.ts";
import { UP } from "../../../lib/server/workers/messages.ts";
import { MAX_DATA, Ring, RING_BYTES } from "../../../lib/server/workers/ring.ts";
import { assert, assertEquals } from "@std/assert";
import { settle, utf8 } from "../../codec/helpers.ts";
import { FakeSocket } from "../fake_socket.ts";

/** A connection of a worker, whose socket and whose store's thread are the test. */
class Ends implements Outbox {
  readonly socket = new FakeSocket();
  readonly #shared = new SharedArrayBuffer(RING_BYTES);
  readonly up = new Ring(this.#shared, 0);
  readonly #reader = new Ring(this.#shared, 0);
  readonly later = new Set<IoConnection>();
  untold = 0;
  readonly connection = new IoConnection(9, this.socket, utf8("opening"), this);

  say(connection: IoConnection): void {
    if (!connection.tell(this.up)) this.untold++;
  }

  sayLater(connection: IoConnection): void {
    this.later.add(connection);
  }

  expect(): void {}

  /** What was told since: kind, how much was sent, how many bytes. */
  heard(): (readonly [string, number, number])[] {
    const messages: (readonly [string, number, number])[] = [];
    while (this.#reader.next()) {
      const { kind, id, value, size } = this.#reader;
      assertEquals(id, 9);
      const name = Object.entries(UP).find(([, number]) => number === kind)![0];
      messages.push([name, value, size]);
    }
    this.#reader.release();
    return messages;
  }
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `a connection of a worker ${name}`, permissions: "none", fn });
}

test("tells first of itself, and reads what is asked for and no more", async () => {
  const ends = new Ends();
  ends.socket.give(utf8("abcdef"));
  ends.say(ends.connection);
  await settle();
  assertEquals(ends.heard(), [["OPEN", 0, 7]]);
  ends.connection.read(4);
  await settle();
  assertEquals(ends.heard(), [["DATA", 0, 4]]);
  ends.connection.read(4);
  await settle();
  assertEquals(ends.heard(), [["DATA", 0, 2]]);
});

test("tells of the end, and of a failure", async () => {
  const ends = new Ends();
  ends.socket.give(null);
  ends.connection.read(4);
  await settle();
  assertEquals(ends.heard(), [["OPEN", 0, 7], ["EOF", 0, 0]]);
  ends.socket.close();
  ends.connection.write(utf8("reply"));
  await settle();
  assertEquals(ends.heard(), [["LOST", 0, 0]]);
});

test("tells of what it has sent with what has come, at once when it is asked or there is much", async () => {
  const ends = new Ends();
  ends.say(ends.connection);
  ends.heard();
  ends.connection.write(utf8("reply"));
  await settle();
  assertEquals([ends.heard(), ends.later.size], [[], 1]);
  ends.socket.give(utf8("more"));
  ends.connection.read(100);
  await settle();
  assertEquals(ends.heard(), [["DATA", 5, 4]]);
  ends.connection.write(utf8("reply"));
  ends.connection.ask();
  await settle();
  assertEquals(ends.heard(), [["ACK", 5, 0]]);
  ends.connection.write(utf8("again"));
  await settle();
  ends.connection.ask();
  assertEquals(ends.heard(), [["ACK", 5, 0]]);
  ends.connection.write(new Uint8Array(16_384));
  await settle();
  assertEquals(ends.heard(), [["ACK", 16_384, 0]]);
});

test("keeps what there is no room for, and does not read over it", async () => {
  const ends = new Ends();
  ends.say(ends.connection);
  while (ends.up.push(1, 9, 0, new Uint8Array(MAX_DATA)));
  while (ends.up.push(1, 9, 0));
  ends.socket.give(utf8("abc"), utf8("def"));
  ends.connection.read(100);
  ends.connection.read(100);
  await settle();
  assert(ends.untold > 0);
  ends.heard();
  assert(ends.connection.tell(ends.up));
  await settle();
  assertEquals(ends.heard(), [["DATA", 0, 3], ["DATA", 0, 3]]);
});

test("says nothing when it is closed, and sends nothing more", async () => {
  const ends = new Ends();
  ends.say(ends.connection);
  ends.heard();
  ends.connection.read(100);
  ends.connection.write(utf8("first"));
  ends.connection.write(utf8("second"));
  ends.connection.close();
  await settle();
  assertEquals([ends.heard(), ends.socket.closed], [[], 1]);
});
