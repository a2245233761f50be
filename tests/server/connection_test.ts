import {
  Connection,
  type Ending,
  type Limits,
  newServices,
  serverLimits,
} from "../../lib/server/mod.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { concat } from "@std/bytes";
import { hex, settle } from "../codec/helpers.ts";
import { FakeSocket } from "./fake_socket.ts";
import { frame, PING, PUBLISH, SET, SUBSCRIBE } from "./frames.ts";
import { ProtocolError } from "../../lib/model/mod.ts";

/** Connections with the same services. */
class Hub {
  now = 0;
  readonly services = newServices({ now: () => this.now });

  connect(limits: Limits = {}): {
    socket: FakeSocket;
    connection: Connection;
    ending: Promise<Ending>;
  } {
    const socket = new FakeSocket();
    const connection = new Connection(socket, this.services, serverLimits(limits));
    return { socket, connection, ending: connection.run() };
  }
}

const SUBSCRIBE_C = frame({ opcode: SUBSCRIBE, key: "c" });
const PUBLISH_C = frame({ opcode: PUBLISH, key: "c", value: "hi" });
const PING_FRAME = frame({ opcode: PING });

function test(name: string, fn: (hub: Hub) => Promise<void>): void {
  Deno.test({ name: `Connection ${name}`, permissions: "none", fn: () => fn(new Hub()) });
}

test("answers what it reads, and ends at the end of input", async (hub) => {
  const { socket, ending } = hub.connect();
  socket.give(concat([PING_FRAME, PING_FRAME]), frame({ opcode: 77 }), null);
  const { reason, error } = await ending;
  assertEquals([reason, error], ["end of input", undefined]);
  assertEquals(socket.words, ["OK", "OK", "ERR UNKNOWN_OPCODE"]);
  assertEquals([socket.sent.length, socket.closed], [2, 1], "one write a read");
});

test("goes through its states", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  await settle();
  assertEquals(connection.state, "Idle");
  socket.give(hex("cafe 01"));
  await settle();
  assertEquals(connection.state, "Header");
  socket.give(hex("02 0000 0001 00000005 61"));
  await settle();
  assertEquals(connection.state, "Body");
  const gate = Promise.withResolvers<void>();
  socket.gate = gate.promise;
  socket.give(hex("6162636465"));
  await settle();
  assertEquals(connection.state, "Writing");
  gate.resolve();
  await settle();
  assertEquals(connection.state, "Idle");
  socket.give(null);
  await ending;
  assertEquals(connection.state, "Closed");
});

test("reads no more while the socket does not take its replies", async (hub) => {
  const { socket, ending } = hub.connect({ maxBatch: 2 });
  const gate = Promise.withResolvers<void>();
  socket.gate = gate.promise;
  for (let i = 0; i < 20; i++) socket.give(concat([PING_FRAME, PING_FRAME, PING_FRAME]));
  await settle();
  assertEquals(hub.services.counters.requests, 2, "one batch is carried out");
  socket.give(null);
  gate.resolve();
  await ending;
  assertEquals([hub.services.counters.requests, socket.words.length], [60, 60]);
});

test("ends with the protocol error, which is sent first, and lingers until the peer ends", async (hub) => {
  const { socket, ending } = hub.connect();
  socket.give(concat([PING_FRAME, hex("00")]));
  await settle();
  assertEquals([socket.words, socket.writeEnded, socket.closed], [["OK", "ERR PROTOCOL"], true, 0]);
  socket.give(PING_FRAME, PING_FRAME, null);
  const { reason, error } = await ending;
  assertEquals([reason, socket.words.length], ["protocol error", 2]);
  assertInstanceOf(error, ProtocolError);
});

test("that is drained while it waits sends GOAWAY last", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  socket.give(PING_FRAME, hex("cafe 01"));
  await settle();
  connection.drain("shutdown");
  connection.drain("idle");
  await settle();
  assertEquals([socket.words, socket.writeEnded], [["OK", "GOAWAY"], true]);
  socket.give(null);
  assertEquals((await ending).reason, "shutdown");
});

test("that is drained while it writes answers all that it has read, then sends GOAWAY", async (hub) => {
  const { socket, connection, ending } = hub.connect({ maxBatch: 2 });
  const gate = Promise.withResolvers<void>();
  socket.gate = gate.promise;
  socket.give(concat(Array.from({ length: 7 }, () => PING_FRAME)));
  await settle();
  connection.drain("shutdown");
  gate.resolve();
  socket.give(null);
  await ending;
  assertEquals(socket.words, [...Array.from({ length: 7 }, () => "OK"), "GOAWAY"]);
});

test("gives no message to a subscriber after GOAWAY", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  socket.give(SUBSCRIBE_C);
  await settle();
  const gate = Promise.withResolvers<void>();
  socket.gate = gate.promise;
  connection.drain("shutdown");
  await settle();
  hub.services.channels.publish(hex("63"), hex("00"));
  gate.resolve();
  await settle();
  hub.services.channels.publish(hex("63"), hex("00"));
  socket.give(null);
  assertEquals([(await ending).reason, socket.words], ["shutdown", ["OK", "GOAWAY"]]);
});

test("sends a message that comes at any time about the end of a write", async () => {
  for (let turns = 0; turns < 30; turns++) {
    const hub = new Hub();
    const { socket, ending } = hub.connect();
    socket.give(SUBSCRIBE_C);
    await settle();
    const gate = Promise.withResolvers<void>();
    socket.gate = gate.promise;
    socket.give(PING_FRAME);
    await settle();
    gate.resolve();
    for (let turn = 0; turn < turns; turn++) await undefined;
    hub.services.channels.publish(hex("63"), hex("00"));
    await settle();
    assertEquals(socket.words, ["OK", "OK", "PUSH"], `${turns} turns after the write`);
    socket.give(null);
    await ending;
  }
});

test("sends messages that are published in one go in one write", async (hub) => {
  const reader = hub.connect();
  const writer = hub.connect();
  reader.socket.give(SUBSCRIBE_C);
  await settle();
  writer.socket.give(concat([PUBLISH_C, PUBLISH_C, PUBLISH_C]));
  await settle();
  assertEquals(reader.socket.words, ["OK", "PUSH", "PUSH", "PUSH"]);
  assertEquals(reader.socket.sent.length, 2);
  for (const { socket } of [reader, writer]) socket.give(null);
  await Promise.all([reader.ending, writer.ending]);
});

test("that was idle is drained, unless it is subscribed", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  socket.give(SUBSCRIBE_C);
  await settle();
  connection.endIfIdle(hub.now);
  await settle();
  assertEquals(socket.words, ["OK"]);
  socket.give(frame({ opcode: 12, key: "c" }));
  await settle();
  connection.endIfIdle(hub.now);
  await settle();
  assertEquals(socket.words, ["OK", "OK", "GOAWAY"]);
  socket.give(null);
  assertEquals((await ending).reason, "idle");
});

test("is not idle while a request arrives byte by byte", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  for (const byte of PING_FRAME) {
    hub.now += 10;
    socket.give(Uint8Array.of(byte));
    await settle();
    connection.endIfIdle(hub.now - 10);
  }
  await settle();
  assertEquals(socket.words, ["OK"]);
  hub.now += 10;
  connection.endIfIdle(hub.now - 10);
  socket.give(null);
  assertEquals((await ending).reason, "idle");
});

test("that does not take its replies is closed when it is idle", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  const gate = Promise.withResolvers<void>();
  socket.gate = gate.promise;
  socket.give(PING_FRAME);
  await settle();
  hub.now += 10;
  connection.endIfIdle(hub.now - 11);
  assertEquals(connection.state, "Writing");
  connection.endIfIdle(hub.now - 10);
  gate.resolve();
  assertEquals((await ending).reason, "slow reader");
});

test("is read although a message comes during each write", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  const write = socket.write.bind(socket);
  let published = 0;
  socket.write = async (bytes) => {
    if (published++ < 1_000) hub.services.channels.publish(hex("63"), hex("00"));
    await undefined; // The message waits for this write to end.
    return await write(bytes);
  };
  socket.give(SUBSCRIBE_C);
  await settle();
  socket.give(PING_FRAME);
  while (!socket.words.slice(1).includes("OK")) await settle();
  assert(published < 1_000, "the PING is answered between messages");
  connection.drain("shutdown");
  while (socket.words.at(-1) !== "GOAWAY") await settle();
  assert(published < 1_000, "the drain ends between messages");
  socket.give(null);
  assertEquals((await ending).reason, "shutdown");
});

test("that has ended its side cannot be drained any more", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  const gate = Promise.withResolvers<void>();
  socket.gate = gate.promise;
  socket.give(SUBSCRIBE_C, PING_FRAME);
  await settle();
  hub.services.channels.publish(hex("63"), hex("00"));
  socket.give(null);
  await settle();
  gate.resolve();
  await settle();
  connection.drain("shutdown");
  assertEquals([(await ending).reason, socket.writeEnded], ["end of input", false]);
  assertEquals(socket.words.length, 3);
});

test("takes one message over maxOutputSize for a subscriber with nothing else to read", async (hub) => {
  const { socket, ending } = hub.connect({ maxOutputSize: 1_000 });
  socket.give(SUBSCRIBE_C);
  await settle();
  hub.services.channels.publish(hex("63"), new Uint8Array(5_000));
  await settle();
  assertEquals(socket.words, ["OK", "PUSH"]);
  hub.services.channels.publish(hex("63"), new Uint8Array(5_000));
  await settle();
  socket.give(null);
  assertEquals([(await ending).reason, socket.words], ["end of input", ["OK", "PUSH", "PUSH"]]);
});

test("tells of a defect, and ends", async () => {
  const defects: unknown[] = [];
  const services = newServices({ onDefect: (cause) => void defects.push(cause) });
  const socket = new FakeSocket();
  const defect = new TypeError("a mistake");
  socket.write = () => Promise.reject(defect);
  socket.give(PING_FRAME);
  const { reason } = await new Connection(socket, services, serverLimits({})).run();
  assertEquals([reason, defects], ["connection lost", [defect]]);
});

test("closes a subscriber that does not read when over maxOutputSize waits", async (hub) => {
  const { socket, ending } = hub.connect({ maxOutputSize: 1_000 });
  socket.give(SUBSCRIBE_C);
  await settle();
  const gate = Promise.withResolvers<void>();
  socket.gate = gate.promise;
  let receivers = 0;
  while (hub.services.channels.publish(hex("63"), new Uint8Array(100)) > 0) {
    receivers++;
    await settle();
  }
  assert(receivers <= 5, `${receivers} messages of over 200 bytes were held`);
  gate.resolve();
  assertEquals([(await ending).reason, socket.closed > 0], ["slow reader", true]);
});

test("counts only what waits: a subscriber that reads gets any number of messages", async (hub) => {
  const { socket, ending } = hub.connect({ maxOutputSize: 1_000 });
  socket.give(SUBSCRIBE_C);
  for (let i = 0; i < 50; i++) {
    await settle();
    hub.services.channels.publish(hex("63"), new Uint8Array(100));
  }
  await settle();
  assertEquals(socket.words.length, 51);
  socket.give(null);
  assertEquals((await ending).reason, "end of input");
});

test("that closes on its own message leaves no subscription behind", async (hub) => {
  const { socket, ending } = hub.connect({ maxOutputSize: 100 });
  socket.give(
    concat([SUBSCRIBE_C, PUBLISH_C, PUBLISH_C, frame({ opcode: SUBSCRIBE, key: "d" })]),
  );
  assertEquals((await ending).reason, "slow reader");
  assertEquals(hub.services.channels.size, 0);
});

test("ends when a write fails, and keeps what it did", async (hub) => {
  const { socket, ending } = hub.connect();
  socket.gate = Promise.reject(new Deno.errors.BrokenPipe("gone"));
  socket.give(frame({ opcode: SET, key: "k", value: "v" }));
  assertEquals([(await ending).reason, hub.services.databases.at(0).size], ["connection lost", 1]);
});

test("ends when a read fails", async (hub) => {
  const { socket, ending } = hub.connect();
  socket.read = () => Promise.reject(new Deno.errors.ConnectionReset("gone"));
  socket.give(PING_FRAME);
  assertEquals((await ending).reason, "connection lost");
});

test("keeps the first reason to close, and closes its socket once", async (hub) => {
  const { socket, connection, ending } = hub.connect();
  await settle();
  connection.close("slow reader");
  connection.close("idle");
  connection.drain("shutdown");
  assertEquals([(await ending).reason, socket.closed, socket.words], ["slow reader", 1, []]);
});

test("takes a peer that goes away for no defect, whether it is read or written to first", async () => {
  for (let between = -20; between <= 20; between++) {
    const defects: unknown[] = [];
    const services = newServices({ onDefect: (cause) => void defects.push(cause) });
    const socket = new FakeSocket();
    const ending = new Connection(socket, services, serverLimits({})).run();
    socket.give(SUBSCRIBE_C);
    await settle();
    const gone = Promise.withResolvers<number>();
    socket.write = () => gone.promise;
    services.channels.publish(hex("63"), new Uint8Array(9));
    await settle();
    const ends = [
      () => socket.give(null),
      () => gone.reject(new Deno.errors.BrokenPipe("gone")),
    ];
    if (between < 0) ends.reverse();
    ends[0]!();
    for (let i = 0; i < Math.abs(between); i++) await Promise.resolve();
    ends[1]!();
    const { reason } = await ending;
    assertEquals([reason, defects], ["connection lost", []], `${between} microtasks between`);
  }
});
