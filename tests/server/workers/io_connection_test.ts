import { DIALECTS, NO_PERMIT, permitFor } from "../../../lib/server/plain/permit.ts";
import { wantOf } from "../../../lib/server/workers/want.ts";
import { newServices, Session } from "../../../lib/server/mod.ts";
import { MAX_DATA } from "../../../lib/server/workers/ring.ts";
import { nextTurn } from "../../../lib/server/turn.ts";
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { concat } from "@std/bytes";
import { bytewise, settle, textOf, utf8 } from "../../codec/helpers.ts";
import { Random } from "../../random.ts";
import { DELETE, frame, GET, INCR, PING, SET } from "../frames.ts";
import { Ends, Served } from "./io_ends.ts";

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

const PERMIT = permitFor(DIALECTS.RESP2, 0);
const WANT = wantOf(512, PERMIT);

/** A request of RESP. */
function call(...args: readonly string[]): Uint8Array {
  return utf8(`*${args.length}\r\n${args.map(bulk).join("")}`);
}

function bulk(value: string): string {
  return `$${value.length}\r\n${value}\r\n`;
}

/** GETs of `key` that take 22 bytes each, with one of no entry at the end, and the answers. */
function filled(size: number): { bytes: Uint8Array; answers: string } {
  const count = Math.floor(size / 22) - 3;
  const rest = size - 22 * count;
  const gets = Array.from({ length: count }, () => call("GET", "key"));
  const bytes = concat([...gets, call("GET", "x".repeat(rest - 20))]);
  assertEquals(bytes.length, size);
  return { bytes, answers: bulk("value").repeat(count) + "$-1\r\n" };
}

/** The ends of a connection that is permitted to answer. */
function permitted(want = WANT): Ends {
  const ends = new Ends();
  ends.databases.at(0).set(utf8("key"), utf8("value"));
  ends.say(ends.connection);
  ends.connection.read(want);
  ends.heard();
  return ends;
}

/** Makes the writes of a socket wait until the function is called that is returned. */
function shut(ends: Ends): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  ends.socket.gate = promise;
  return () => {
    if (ends.socket.gate === promise) ends.socket.gate = undefined;
    resolve();
    return settle();
  };
}

test("answers what it is permitted to, again and again, and nothing goes up", async () => {
  const ends = permitted();
  for (let round = 0; round < 5; round++) {
    ends.socket.give(concat([call("GET", "key"), call("GET", "none"), call("get", "key")]));
    await settle();
    assertEquals(textOf(ends.socket.taken()), `${bulk("value")}$-1\r\n${bulk("value")}`);
  }
  assertEquals([ends.heardOfBytes(), ends.answerer.underWay], [[], 0]);
});

test("answers what comes before another request, tells so, and sends the rest up in one piece", async () => {
  const ends = permitted();
  const rest = concat([call("SET", "key", "new"), call("GET", "key")]);
  ends.socket.give(concat([call("GET", "key"), rest]));
  await settle();
  assertEquals(textOf(ends.socket.taken()), bulk("value"));
  const told = ends.heard();
  assertEquals(told.slice(-1), [["DATA", 0, rest.length]]);
  assertEquals(told[0], ["ANSWERED", 0, 0]);
  assertEquals(ends.data, [rest]);
  ends.socket.give(call("GET", "key"));
  await settle();
  assertEquals([ends.heardOfBytes(), ends.socket.rooms.length], [[], 1], "nothing was asked for");
});

test("answers a request that a full block has cut when its rest has come, in larger and larger blocks", async () => {
  const ends = permitted();
  const { bytes, answers } = filled(200_000);
  ends.socket.give(bytes);
  await settle();
  for (let turns = 0; turns < 60; turns++) await nextTurn();
  assertEquals(textOf(ends.socket.taken()), answers);
  const { rooms } = ends.socket;
  assertEquals(rooms.slice(0, 2), [512, 1_024 - 512 % 22]);
  assertGreater(Math.max(...rooms), 65_536 - 22);
  for (let round = 0; round < 10; round++) {
    ends.socket.give(call("GET", "key"));
    await settle();
  }
  assertEquals([rooms.at(-1), ends.heardOfBytes()], [512, []]);
});

test("holds a part of a request for its rest, and sends it up when that does not come soon", async () => {
  const ends = permitted();
  const [first, second] = [call("GET", "key").slice(0, 9), call("GET", "key").slice(9)];
  for (const comesSoon of [true, false]) {
    ends.socket.give(concat([call("GET", "key"), first]));
    await settle();
    assertEquals(textOf(ends.socket.taken()), bulk("value"));
    assertEquals([ends.heardOfBytes(), ends.held.delete(ends.connection)], [[], true]);
    if (!comesSoon) ends.connection.release();
    await settle();
    assertEquals(ends.heardOfBytes(), comesSoon ? [] : [["DATA", 0, 9]]);
    ends.socket.give(second);
    await settle();
    assertEquals(textOf(ends.socket.taken()), comesSoon ? bulk("value") : "");
    if (comesSoon) ends.connection.release(); // There is nothing to be released.
  }
  assertEquals(ends.heardOfBytes(), [], "nothing is wanted");
  ends.connection.read(wantOf(512, NO_PERMIT));
  assertEquals([ends.heardOfBytes(), concat(ends.data)], [[["DATA", 0, 13]], call("GET", "key")]);
});

test("sends a short request up that ends with a full block: nothing else may come before its reply", async () => {
  for (const last of [call("PING"), call("GET", ""), utf8("PING\r\n"), utf8("*0\r\n")]) {
    const ends = permitted();
    const { bytes, answers } = filled(512 - last.length);
    ends.socket.give(concat([bytes, last]));
    await settle();
    assertEquals(textOf(ends.socket.taken()), answers);
    assertEquals([ends.heardOfBytes(), ends.data], [[["DATA", 0, last.length]], [last]]);
  }
});

test("sends up no more at once than was asked for, and the rest with the next reads", async () => {
  const ends = permitted();
  ends.socket.give(filled(9_000).bytes);
  for (let turns = 0; turns < 9; turns++) await settle();
  const set = call("SET", "key", "v".repeat(1_200));
  ends.socket.give(concat([set, call("GET", "key")]));
  await settle();
  assertEquals(ends.heardOfBytes(), [["DATA", 0, 512]]);
  ends.connection.read(wantOf(512, NO_PERMIT));
  ends.connection.read(wantOf(512, NO_PERMIT));
  await settle();
  assertEquals(ends.heardOfBytes(), [["DATA", 0, 512], ["DATA", 0, set.length + 22 - 1_024]]);
  assertEquals(concat(ends.data), concat([set, call("GET", "key")]));
});

test("answers nothing more when the store's thread has written, or has ended its side", async () => {
  for (const how of ["write", "end"] as const) {
    const ends = permitted();
    const first = filled(491);
    ends.socket.give(concat([first.bytes, call("GET", "key").subarray(0, 21)]));
    await settle();
    assertEquals(textOf(ends.socket.taken()), first.answers);
    if (how === "write") ends.connection.write(utf8("+OK\r\n"));
    else ends.connection.end();
    await settle();
    ends.socket.give(concat([call("GET", "key").subarray(21), call("GET", "key")]));
    await settle();
    assertEquals(ends.heardOfBytes().map(([kind, , size]) => [kind, size]), [["DATA", 44]]);
    assertEquals(ends.data, [concat([call("GET", "key"), call("GET", "key")])]);
    assertEquals(textOf(ends.socket.taken()), how === "write" ? "+OK\r\n" : "");
  }
});

test("sends up what it has of a request before it tells of the end", async () => {
  for (const size of [512, 500]) {
    const ends = permitted();
    const cut = call("GET", "key").subarray(0, 21);
    ends.socket.give(concat([filled(size - 21).bytes, cut]), null);
    await settle();
    ends.connection.read(WANT);
    await settle();
    assertEquals(ends.heardOfBytes(), [["DATA", 0, 21], ["EOF", 0, 0]]);
    assertEquals(ends.data, [cut]);
  }
});

test("tells of a socket that is lost while an answer is written, and of nothing behind it", async () => {
  const ends = permitted();
  const open = shut(ends);
  ends.socket.give(filled(5_000).bytes);
  await settle();
  ends.socket.close();
  await open();
  ends.connection.read(WANT);
  await settle();
  assertEquals(ends.heardOfBytes(), [["LOST", 0, 0]]);
  assertEquals([ends.answerer.underWay, ends.socket.rooms.length], [0, 1]);
});

test("reads nothing while an answer is not taken", async () => {
  const ends = permitted();
  const open = shut(ends);
  ends.socket.give(call("GET", "key"), call("GET", "none"));
  await settle();
  assertEquals([ends.socket.rooms.length, ends.answerer.underWay], [1, 1]);
  await open();
  assertEquals(textOf(ends.socket.taken()), `${bulk("value")}$-1\r\n`);
  assertEquals([ends.heardOfBytes(), ends.answerer.underWay], [[], 0]);
});

test("tells of the end, and that it has stopped, when the answer before is taken and not sooner", async () => {
  for (const how of ["read", "stop"] as const) {
    const ends = permitted();
    const open = shut(ends);
    ends.socket.give(concat([call("GET", "key"), call("PING")]), null);
    await settle();
    ends.heard();
    if (how === "read") ends.connection.read(WANT);
    else ends.connection.stop();
    await settle();
    assertEquals(ends.heardOfBytes(), []);
    await open();
    assertEquals(ends.heardOfBytes(), [[how === "read" ? "EOF" : "STOPPED", 0, 0]]);
    assertEquals(textOf(ends.socket.taken()), bulk("value"));
  }
});

test("answers all that it has read before it says that it has stopped", async () => {
  const ends = permitted();
  ends.databases.at(0).set(utf8("key"), new Uint8Array(30_000).fill(0x76));
  const open = shut(ends);
  ends.socket.give(concat(Array.from({ length: 20 }, () => call("GET", "key"))));
  await settle();
  ends.connection.stop();
  await settle();
  assertEquals(ends.heardOfBytes(), []);
  await open();
  for (let turns = 0; turns < 20; turns++) await nextTurn();
  assertEquals(ends.socket.taken().length, 20 * 30_010);
  assertEquals(ends.heardOfBytes(), [["STOPPED", 0, 0]]);
});

test("answers nothing more when it was told to stop, and says at once that it has", async () => {
  const ends = permitted();
  ends.connection.stop();
  assertEquals(ends.heardOfBytes(), [["STOPPED", 0, 0]]);
  ends.socket.give(call("GET", "key"));
  await settle();
  assertEquals([ends.heardOfBytes(), textOf(ends.socket.taken())], [[["DATA", 0, 22]], ""]);
});

test("lets the event loop turn while a peer always has more, and takes all", async () => {
  const ends = permitted();
  let reads = 0;
  const request = call("GET", "key");
  ends.socket.read = (room) => {
    reads++;
    room.set(request);
    return Promise.resolve(request.length);
  };
  ends.socket.give(request); // The read that waits already is the last one that waits.
  for (let turns = 1; turns <= 3; turns++) {
    await new Promise((resolve) => setTimeout(resolve));
    assertLess(reads, (turns + 1) * 4_000);
  }
  assertGreater(reads, 0);
  ends.connection.close();
});

test("sends answers and replies in the order of their requests, whichever are being written", async () => {
  const ends = permitted();
  const openFirst = shut(ends);
  ends.socket.give(concat([call("GET", "key"), call("PING")]));
  await settle();
  assertEquals(ends.heardOfBytes(), [["DATA", 0, 14]]);
  ends.connection.write(utf8("+PONG\r\n"));
  ends.connection.read(WANT);
  ends.socket.give(call("GET", "none"));
  await settle();
  assertEquals(ends.heardOfBytes(), [], "it would overtake");
  const openSecond = shut(ends);
  await openFirst();
  assertEquals(ends.heardOfBytes(), [["DATA", 0, 23]], "a reply is being written");
  ends.connection.write(utf8("+late\r\n"));
  await openSecond();
  ends.connection.read(WANT);
  ends.socket.give(call("GET", "none"));
  await settle();
  const sent = `${bulk("value")}+PONG\r\n+late\r\n$-1\r\n`;
  assertEquals([textOf(ends.socket.taken()), ends.heardOfBytes()], [sent, []]);
});

test("tells what it has answered, and what is not for it, when there is room again", async () => {
  const ends = permitted();
  while (ends.up.push(1, 9, 0, new Uint8Array(MAX_DATA)));
  while (ends.up.push(1, 9, 0));
  ends.socket.give(concat([call("GET", "key"), call("PING")]), call("GET", "key"));
  await settle();
  assert(ends.untold > 0);
  ends.heard();
  assert(ends.connection.tell(ends.up));
  assertEquals(ends.heard(), [["ANSWERED", 0, 0], ["DATA", 0, 14]]);
  assertEquals(textOf(ends.socket.taken()), bulk("value"));
});

test("tells of bytes that were sent for the store's thread only", async () => {
  const ends = permitted();
  ends.connection.write(utf8("12345"));
  await settle();
  ends.socket.give(call("PING"));
  await settle();
  ends.connection.read(WANT);
  ends.socket.give(filled(20_000).bytes);
  for (let turns = 0; turns < 9; turns++) await settle();
  ends.connection.write(utf8("1234567"));
  await settle();
  ends.connection.ask();
  const told = ends.heard();
  assertEquals(told[0], ["DATA", 5, 14]);
  assertEquals(told.slice(1).reduce((sum, [, sent]) => sum + sent, 0), 7);
});

test("that is closed while it writes an answer gives its room back, and says nothing", async () => {
  const ends = permitted();
  const open = shut(ends);
  ends.socket.give(concat([call("GET", "key"), call("GET", "key")]));
  await settle();
  assertEquals(ends.answerer.underWay, 1);
  ends.connection.close();
  await open();
  assertEquals([ends.heardOfBytes(), ends.answerer.underWay, ends.socket.closed], [[], 0, 1]);
});

test("gives the right answers wherever a stream of 200 GETs is cut", async () => {
  const served = new Served(512);
  await served.talk(call("SET", "key", "value"));
  const gets = Array.from({ length: 200 }, (_, i) => call("GET", i % 3 === 0 ? "key" : `k${i}`));
  const expected = gets.map((_, i) => i % 3 === 0 ? bulk("value") : "$-1\r\n").join("");
  const stream = concat(gets);
  const before = served.received;
  for (let at = 1; at < stream.length; at++) {
    const [first, second] = [stream.slice(0, at), stream.slice(at)];
    const sent = concat([await served.talk(first), await served.talk(second)]);
    assert(textOf(sent) === expected, `cut at ${at}`);
  }
  const up = served.received - before;
  assert(up > 0 && up < stream.length * stream.length, "some have gone up, and some have not");
  assertEquals(textOf(await served.talk(...bytewise(stream))), expected);
  assertEquals(served.answerer.underWay, 0);
});

/** A request of many kinds, most of them GETs. */
function anyRequest(random: Random, isCafe: boolean): Uint8Array {
  const [key, id] = [`k${random.below(9)}`, random.of([undefined, random.below(99)])];
  const kind = random.below(20);
  const value = "v".repeat(random.below(random.of([9, 9, 900, 40_000])));
  if (isCafe) {
    const ofKey = [SET, DELETE, INCR][kind];
    if (ofKey === SET) return frame({ opcode: SET, key, id, value });
    if (ofKey !== undefined) return frame({ opcode: ofKey, key, id });
    return frame(kind === 3 ? { opcode: PING, id } : { opcode: GET, key, id });
  }
  if (kind === 0) return call("SET", key, value);
  if (kind === 1) return call("SELECT", `${random.below(2)}`);
  if (kind === 2) return call("HELLO", random.of(["2", "3"]));
  if (kind === 3) return random.once(2) ? call("PING") : utf8(`GET ${key}\r\n`);
  return kind === 4 ? call("DEL", key) : call(random.of(["GET", "get"]), key);
}

for (const isCafe of [false, true]) {
  test(`sends what a session sends that has all requests, in ${isCafe ? "CAFE" : "RESP"}`, async () => {
    const random = new Random(isCafe ? 41 : 42);
    let answers = 0;
    for (let round = 0; round < 30; round++) {
      const served = new Served(random.of([512, 4_096, 65_536]));
      served.socket.most = random.of([Infinity, 5_000]);
      const alone = new Session(newServices());
      for (let turns = 0; turns < 30; turns++) {
        const count = 1 + random.below(random.of([2, 20, 200]));
        const bytes = concat(Array.from({ length: count }, () => anyRequest(random, isCafe)));
        const cut = random.once(3) ? random.below(bytes.length) : 0;
        const sent = [await served.talk(bytes.slice(0, cut)), await served.talk(bytes.slice(cut))];
        assertEquals(textOf(concat(sent)), textOf(alone.receive(bytes)));
      }
      answers += served.answerer.answers;
      assertEquals(served.answerer.underWay, 0);
    }
    assertGreater(answers, 300);
  });
}
