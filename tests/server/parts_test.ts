import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import {
  type CafeRequest,
  encodeOffer,
  type Reply,
  replyCode,
  replySize,
  replyText,
  replyWindow,
} from "../../lib/cafe/mod.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { CommandError } from "../../lib/model/mod.ts";
import { MAX_PART_SIZE, Uploads } from "../../lib/server/parts.ts";
import { type Limits, newServices } from "../../lib/server/mod.ts";
import { Databases } from "../../lib/store/mod.ts";
import { PLAIN } from "../cafe/helpers.ts";
import { parseReplies, wordOf } from "./frames.ts";
import { helloWith, SECRET, Talk } from "./talk.ts";

const UTF8 = new TextEncoder();
const NONE = new Uint8Array();
const KEY = UTF8.encode("k");
const NO_ENTRY = { ttl: undefined, version: undefined };

function begin(size: number, more: Partial<CafeRequest & { op: "SET_PARTS" }> = {}): CafeRequest {
  return { ...PLAIN, op: "SET_PARTS", id: 1, key: KEY, size, ...NO_ENTRY, ...more };
}

function part(value: string | Uint8Array, last = false, id = 1): CafeRequest {
  const bytes = typeof value === "string" ? UTF8.encode(value) : value;
  return { ...PLAIN, op: "PART", id, value: bytes, last };
}

function allow(bytes: number, id = 2): CafeRequest {
  return { ...PLAIN, op: "WINDOW", id, bytes };
}

function read(window: number, id = 2): CafeRequest {
  return { ...PLAIN, op: "GET_PARTS", id, key: KEY, wantVersion: false, window };
}

const PING: CafeRequest = { ...PLAIN, op: "PING", id: 9, value: NONE };
const GET: CafeRequest = { ...PLAIN, op: "GET", id: 8, key: KEY, wantVersion: false };

/** What replies are: types and ids, and the codes of errors. */
function told(replies: readonly Reply[]): string[] {
  return replies.map((reply) =>
    `${reply.type === "ERR" ? replyCode(reply) : reply.type} ${reply.id}`
  );
}

function test(
  name: string,
  fn: (talk: Talk, services: Services) => void,
  limits: Limits = {},
): void {
  Deno.test({
    name: `a value in parts ${name}`,
    permissions: "none",
    fn() {
      const services = newServices({ limits, databases: new Databases({ now: () => 1_000 }) });
      fn(new Talk(services), services);
    },
  });
}

// In

test("is stored whole when its last part has come, and others are answered before", (talk) => {
  assertEquals(told(talk.ask(begin(5), part("he"), PING)), ["OK 9"]);
  assertEquals(told(talk.ask(GET, part("l"))), ["MISS 8"]);
  assertEquals(told(talk.ask(part("lo"), part("", true), GET)), ["OK 1", "OK 8"]);
  assertEquals(new TextDecoder().decode(talk.ask(GET)[0]?.value), "hello");
});

test("may be empty", (talk) => {
  assertEquals(told(talk.ask(begin(0), part("", true), GET)), ["OK 1", "OK 8"]);
});

test("has the time to live and the version of its request", (talk) => {
  talk.ask(begin(1, { ttl: 1_000, version: 0 }), part("a", true));
  const [entry] = talk.ask({ ...PLAIN, op: "GET", id: 8, key: KEY, wantVersion: true });
  assertEquals([entry?.ttl, (entry?.version ?? 0) > 0], [1_000, true]);
  assertEquals(told(talk.ask(begin(1, { version: 0 }), part("b", true))), ["CONFLICT 1"]);
});

test("is compared with the version when it is whole", (talk) => {
  const other: CafeRequest = { ...PLAIN, op: "SET", id: 3, key: KEY, value: NONE, ...NO_ENTRY };
  const replies = talk.ask(begin(1, { version: 0 }), part("a"), other, part("", true));
  assertEquals(told(replies), ["OK 3", "CONFLICT 1"]);
});

test("is answered quietly when it is asked for", (talk) => {
  assertEquals(told(talk.ask(begin(1, { quiet: true }), part("a", true), PING)), ["OK 9"]);
  assertEquals(told(talk.ask(begin(2, { quiet: true }), part("a", true))), ["BAD_REQUEST 1"]);
});

for (
  const [what, parts] of [
    ["too short", [part("abcd", true)]],
    ["too long", [part("abc"), part("def"), part("", true)]],
  ] as const
) {
  test(`that is ${what} is refused once, and is not stored`, (talk) => {
    assertEquals(told(talk.ask(begin(5), ...parts, GET)), ["BAD_REQUEST 1", "MISS 8"]);
  });
}

test("that is too large is refused before it comes, and its parts are ignored", (talk) => {
  const [refused, pong] = talk.ask(begin(11), part("abc"), part("", true), PING);
  assertEquals([replyText(refused!), pong?.type], [
    "Cannot set: the value has 11 bytes, the limit is 10 (option maxStreamedSize)",
    "OK",
  ]);
  assertEquals(told(talk.ask(begin(10), part("abcdefghij", true))), ["OK 1"]);
}, { maxStreamedSize: 10 });

test("counts with those that come beside it", (talk) => {
  assertEquals(told(talk.ask(begin(6), begin(6, { id: 3 }))), ["TOO_LARGE 3"]);
  assertEquals(told(talk.ask(part("abcdef", true), begin(6, { id: 3 }), part("abcdef", true, 3))), [
    "OK 1",
    "OK 3",
  ]);
}, { maxStreamedSize: 10 });

Deno.test(
  "a value in parts for which there is no memory is given up",
  { permissions: "none" },
  () => {
    const limits = { maxStreamedSize: 2 ** 30, maxTransfers: 9 };
    const uploads = new Uploads(limits, () => {
      throw new RangeError("Array buffer allocation failed");
    });
    const head = { ...PLAIN, id: 1 };
    uploads.open({ ...head, op: "SET_PARTS", key: KEY, size: 9, ...NO_ENTRY });
    const error = assertThrows(
      () => uploads.add({ ...head, op: "PART", value: KEY, last: false }),
      CommandError,
    );
    assertEquals([error.code, uploads.size, uploads.held], ["OUT_OF_MEMORY", 0, 0]);
  },
);

Deno.test(
  "a value in parts gets its memory in few steps, as it comes",
  { permissions: "none" },
  () => {
    const rooms: number[] = [];
    const uploads = new Uploads({ maxStreamedSize: 2 ** 30, maxTransfers: 9 }, (size) => {
      rooms.push(size);
      return new Uint8Array(size);
    });
    const head = { ...PLAIN, id: 1 };
    const size = 30_000_000;
    uploads.open({ ...head, op: "SET_PARTS", key: KEY, size, ...NO_ENTRY });
    assertEquals(rooms, []);
    const value = new Uint8Array(100_000).map((_, at) => at);
    for (let come = 0; come < size; come += value.length) {
      uploads.add({ ...head, op: "PART", value, last: false });
    }
    const whole = uploads.add({ ...head, op: "PART", value: NONE, last: true })!;
    assertEquals(rooms, [100_000, 1_600_000, 30_000_000]);
    assertEquals([whole.value.buffer.byteLength, whole.value.subarray(-3)], [
      size,
      value.subarray(-3),
    ]);
  },
);

test("that begins under an id in use ends both", (talk) => {
  const replies = talk.ask(begin(5), begin(5), part("hello", true), GET);
  assertEquals(told(replies), ["BAD_REQUEST 1", "MISS 8"]);
});

test("that goes ends when another begins under its id", (talk) => {
  store(talk);
  talk.ask(read(10));
  assertEquals(told(talk.ask(read(10), allow(9))), ["BAD_REQUEST 2"]);
  talk.ask(read(10));
  assertEquals(told(talk.ask(begin(5, { id: 2 }), part("hello", true, 2), allow(9))), [
    "BAD_REQUEST 2",
  ]);
});

test("that is given up is answered once, and its parts are ignored", (talk) => {
  const replies = talk.ask(begin(5), part("he"), allow(0, 1), part("llo", true), allow(0, 1), GET);
  assertEquals(told(replies), ["CANCELLED 1", "MISS 8"]);
});

test("is held as far as it has come, until it is whole or the connection ends", (talk) => {
  const { session } = talk;
  talk.ask(begin(1_000_000), part(new Uint8Array(50_000)));
  assertGreater(session.heldBytes, 50_000);
  assertLess(session.heldBytes, 60_000);
  session.close();
  assertEquals(session.heldBytes, 0);
});

test("is durable only where there is a disk", (talk) => {
  const replies = talk.ask(begin(1, { durable: true }), part("a", true), GET);
  assertEquals(told(replies), ["NOT_DURABLE 1", "MISS 8"]);
});

test("waits for the password", () => {
  const talk = new Talk(newServices({ password: "pw" }));
  const replies = talk.ask(begin(1), part("a"), part("", true), read(1), allow(1));
  assertEquals(told(replies), ["AUTH_REQUIRED 1", "AUTH_REQUIRED 2"]);
});

test("must have the flag that the server requires on each part", () => {
  const talk = new Talk(newServices({ protection: { required: ["CHECKSUM"] } }));
  const checked = { checksum: true };
  const replies = talk.ask(
    { ...begin(1), ...checked },
    part("a"),
    { ...part("", true), ...checked },
    { ...PING, ...checked },
  );
  assertEquals(told(replies), ["FLAG_REQUIRED 1", "OK 9"]);
});

test("comes signed, encrypted and compressed as any other", () => {
  const talk = new Talk(newServices({ protection: { secret: SECRET } }));
  talk.agree("COMPRESSED", "ENCRYPTED", "SIGNED");
  const value = UTF8.encode("abc".repeat(1_000));
  assertEquals(told(talk.ask(begin(6_000), part(value), part(value), part("", true))), ["OK 1"]);
  const parts = talk.ask(read(4_000)).slice(1);
  assertEquals(concat(parts.map((part) => part.value)), concat([value, value]).subarray(0, 4_000));
});

// Out

const SIZE = 2 * MAX_PART_SIZE + 5;
const LONG = Uint8Array.from({ length: SIZE }, (_, at) => at * 7);

/** Stores a long value. */
function store(talk: Talk, value = LONG): void {
  const half = value.length >> 1;
  talk.ask(begin(value.length), part(value.subarray(0, half)), part(value.subarray(half), true));
}

test("goes in parts when it is longer than one", (talk) => {
  store(talk);
  const [first, ...parts] = talk.ask(read(2 ** 32 - 1));
  assertEquals([first?.type, first?.id, first?.more, replySize(first!)], ["OK", 2, true, SIZE]);
  assertEquals(told(parts), ["PART 2", "PART 2", "PART 2"]);
  assertEquals(parts.map(({ more }) => more), [true, true, false]);
  assertEquals(concat(parts.map(({ value }) => value)), LONG);
});

test("goes as far as its window, and WINDOW lets it go on", (talk) => {
  store(talk);
  const sizes = (replies: Reply[]) => replies.map(({ type, value }) => `${type} ${value.length}`);
  assertEquals(sizes(talk.ask(read(10), PING)), ["OK 8", "OK 4", "PART 10"]);
  assertEquals(sizes(talk.ask(PING)), ["OK 4"]);
  assertEquals(sizes(talk.ask(allow(1), allow(2))), ["PART 3"]);
  const rest = talk.ask(allow(SIZE));
  assertEquals(rest.map(({ more }) => more), [true, false]);
  assertEquals(sizes(talk.ask(allow(5))), [], "it is over");
});

test("comes whole when it is short, also when it lies among others in the store", (talk) => {
  talk.ask({ ...PLAIN, op: "SET", id: 3, key: KEY, value: UTF8.encode("short"), ...NO_ENTRY });
  const [whole] = talk.ask(read(5));
  assertEquals([whole?.type, whole?.more, whole?.value], ["OK", false, UTF8.encode("short")]);
  const [, cut] = talk.ask(read(2));
  talk.ask({ ...PLAIN, op: "SET", id: 3, key: KEY, value: UTF8.encode("other"), ...NO_ENTRY });
  const [rest] = talk.ask(allow(9));
  assertEquals(concat([cut!.value, rest!.value]), UTF8.encode("short"), "that of the moment");
});

test("that is not there is a MISS, or nothing when it is quiet", (talk) => {
  assertEquals(told(talk.ask(read(9), { ...read(9), quiet: true }, PING)), ["MISS 2", "OK 9"]);
});

test("over the limit for values is told with its size, and GET refuses it", (talk) => {
  store(talk, LONG.subarray(0, 1_500));
  assertEquals(told(talk.ask(GET)), ["TOO_LARGE 8"]);
  const [first, ...parts] = talk.ask(read(9_999));
  assertEquals([replySize(first!), parts.map(({ value }) => value.length)], [1_500, [1_000, 500]]);
}, { maxValueSize: 1_000 });

test("goes beside others, part by part", (talk) => {
  store(talk);
  const replies = talk.ask(read(2 ** 30, 2), read(2 ** 30, 3));
  assertEquals(told(replies), [
    ...["OK 2", "OK 3"],
    ...["PART 2", "PART 3", "PART 2", "PART 3", "PART 2", "PART 3"],
  ]);
});

test("that is given up ends with an error, or is over already", (talk) => {
  store(talk);
  talk.ask(read(10));
  assertEquals(told(talk.ask(allow(0), allow(9), allow(0))), ["CANCELLED 2"]);
});

test("that the store has no more is counted as held", (talk, { databases }) => {
  store(talk);
  talk.ask(read(10));
  assertLess(talk.session.heldBytes, 10_000);
  databases.at(0).delete(KEY);
  assertGreater(talk.session.heldBytes, SIZE);
  talk.ask(allow(0));
  assertEquals(talk.session.heldBytes, 0);
});

test("ends with the stream that is broken, and its error is the last frame", (talk) => {
  store(talk);
  talk.ask(begin(5), read(10));
  const sent = talk.session.receive(Uint8Array.of(0xca, 0xff));
  const codes = parseReplies(sent).map((reply) => `${wordOf(reply)} ${reply.id}`);
  assertEquals(codes, ["ERR CANCELLED 1", "ERR CANCELLED 2", "ERR PROTOCOL undefined"]);
  assertEquals(talk.session.receive(talk.bytes(allow(9))).length, 0);
});

test("ends with an error when the stream of requests does", (talk) => {
  store(talk);
  talk.ask(begin(5), part("he"), read(10), read(10, 3), allow(2 ** 31, 3));
  const words = parseReplies(talk.session.end()).map((reply) => `${wordOf(reply)} ${reply.id}`);
  assertEquals(words, ["ERR CANCELLED 1", "ERR CANCELLED 2"]);
});

test("goes as far as it may when the stream of requests ends", (talk) => {
  store(talk);
  talk.ask(read(0));
  const frames = talk.bytes(allow(MAX_PART_SIZE + 1));
  const sent = concat([talk.session.receive(frames), talk.session.end()]);
  const words = parseReplies(sent).map((reply) => `${wordOf(reply)} ${reply.value.length > 100}`);
  assertEquals(words, ["PART true", "PART false", "ERR CANCELLED false"]);
});

test("ends with an error before GOAWAY", (talk) => {
  talk.ask(begin(5));
  talk.session.goAway();
  assertEquals(talk.session.takeOutput().map(({ type }) => type), ["ERR", "GOAWAY"]);
});

test("is one of few at once", (talk) => {
  store(talk);
  const replies = talk.ask(read(1), begin(5, { id: 3 }), read(1, 4), begin(5, { id: 5 }));
  assertEquals(told(replies), ["OK 2", "OVERRUN 4", "OVERRUN 5", "PART 2"]);
  assertEquals(told(talk.ask(allow(0), read(1, 4))), ["CANCELLED 2", "OK 4", "PART 4"]);
}, { maxTransfers: 2 });

test("keeps no more than its key of what it came with", (talk) => {
  const { session } = talk;
  talk.ask(begin(0, { key: new Uint8Array(60_000) }));
  assertGreater(session.heldBytes, 60_000);
  talk.ask(allow(0, 1));
  assertEquals(session.heldBytes, 0);
});

test("that can never fit into the memory evicts nothing", () => {
  const services = newServices({ maxMemory: 1_000_000, maxMemoryPolicy: "allkeys-lru" });
  const talk = new Talk(services);
  talk.ask({ ...PLAIN, op: "SET", id: 3, key: KEY, value: KEY, ...NO_ENTRY });
  const [refused] = talk.ask(begin(2_000_000, { key: UTF8.encode("large") }));
  assertEquals(replyCode(refused!), "OUT_OF_MEMORY");
  assert(replyText(refused!).startsWith("Cannot write 2000000 bytes: the entries take "));
  assertEquals(services.databases.at(0).size, 1);
});

// Flow control

const WANTS_WINDOW = encodeOffer({ flags: [], nonce: undefined, window: true });

test("and requests use a window that is given back when half is used", (talk) => {
  const [hello] = talk.ask(helloWith(WANTS_WINDOW));
  assertEquals(JSON.parse(replyText(hello!)).window, { requests: 4, bytes: 1_000 });
  assertEquals(told(talk.ask(PING)), ["OK 9"]);
  const replies = talk.ask(PING);
  assertEquals(told(replies), ["OK 9", "WINDOW undefined"]);
  assertEquals(replyWindow(replies[1]!), { requests: 2, bytes: 32 });
  const [window] = talk.ask(begin(2_000), part(new Uint8Array(500)));
  assertEquals(replyWindow(window!), { requests: 1, bytes: 25 + 516 });
}, { maxInFlight: 4, maxInFlightBytes: 1_000 });

test("and requests that overrun the window are answered, and not carried out", (talk) => {
  talk.ask(helloWith(WANTS_WINDOW));
  const set: CafeRequest = { ...PLAIN, op: "SET", id: 3, key: KEY, value: KEY, ...NO_ENTRY };
  const replies = talk.ask(PING, PING, set, GET);
  assertEquals(told(replies), ["OK 9", "OK 9", "OVERRUN 3", "OVERRUN 8", "WINDOW undefined"]);
  assertEquals(told(talk.ask(GET)), ["MISS 8", "WINDOW undefined"]);
}, { maxInFlight: 2 });

test("that overruns the window ends", (talk) => {
  talk.ask(helloWith(WANTS_WINDOW));
  const replies = talk.ask(begin(3_000), part(new Uint8Array(2_000)), part("a"), part("", true));
  assertEquals(told(replies), ["OVERRUN 1", "WINDOW undefined"]);
  assertEquals(told(talk.ask(GET)), ["MISS 8"]);
}, { maxInFlightBytes: 1_000 });

test("is not bound to a window that nobody has asked for", (talk) => {
  const [hello] = talk.ask(helloWith(undefined));
  assertEquals(JSON.parse(replyText(hello!)).window, { requests: 0, bytes: 0 });
  assert(talk.ask(...Array.from({ length: 50 }, () => PING)).every(({ type }) => type === "OK"));
}, { maxInFlight: 2 });
