import {
  type Incoming,
  newServices,
  type ServerServices,
  Session,
} from "../../../lib/server/mod.ts";
import { GetRun, GetRuns } from "../../../lib/server/plain/get_runs.ts";
import { BatchDecoder } from "../../../lib/codec/mod.ts";
import type { Services } from "../../../lib/handler/mod.ts";
import { GET } from "../../../lib/server/plain/gets.ts";
import { assert, assertEquals, assertGreater } from "@std/assert";
import { concat } from "@std/bytes";
import { textOf, utf8 } from "../../codec/helpers.ts";
import { Random } from "../../random.ts";
import { frame, GET as CAFE_GET, parseReplies, PING, SET } from "../frames.ts";
import { plainGet } from "../workers/caller.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `plain GETs together ${name}`, permissions: "none", fn });
}

/** A request of RESP as clients send it. */
function call(...words: readonly string[]): Uint8Array {
  return utf8(
    `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`,
  );
}

/** What a session answers to requests that come in one piece. */
function said(session: Session, ...requests: readonly Uint8Array[]): string {
  return textOf(session.receive(concat(requests)));
}

/** How often requests were taken together. */
function runsOf(session: Session, bytes: Uint8Array): number {
  const requests: Incoming[] = [];
  new BatchDecoder(session.decoder).push(bytes, requests);
  return requests.filter((request) => request instanceof GetRun).length;
}

/** Requests of a kind, picked at random, most of them plain GETs. */
function randomCalls(random: Random): Uint8Array[] {
  const key = () => `k${random.below(8)}`;
  const others: readonly (() => Uint8Array)[] = [
    () => call("SET", key(), "v".repeat(random.below(200))),
    () => call("SET", key(), "v", "PX", "5"),
    () => call("DEL", key()),
    () => call("MULTI"),
    () => call("EXEC"),
    () => call("DISCARD"),
    () => call("WATCH", key()),
    () => call("SELECT", `${random.below(3)}`),
    () => call("SWAPDB", "0", "1"),
    () => call("HELLO", `${2 + random.below(2)}`),
    () => call("CLIENT", "REPLY", random.below(2) === 0 ? "SKIP" : "ON"),
    () => call("CLIENT", "NO-TOUCH", random.below(2) === 0 ? "ON" : "OFF"),
    () => call("CONFIG", "SET", "notify-keyspace-events", random.below(2) === 0 ? "Em" : ""),
    () => call("CONFIG", "SET", "slowlog-log-slower-than", random.below(2) === 0 ? "0" : "10000"),
    () => call("SUBSCRIBE", "__keyevent@0__:keymiss"),
    () => call("UNSUBSCRIBE"),
    () => call("RESET"),
    () => call("GET", key(), "extra"),
    () => call("get", key()),
    () => call("GET", ""),
    () => utf8("GET k1\r\n"),
    () => call("SET", key(), "v".repeat(40_000)),
    () => call("FLUSHALL"),
    () => call("MGET", key(), key()),
  ];
  return Array.from({ length: 150 }, () => {
    if (random.below(8) > 0) return plainGet(key());
    return others[random.below(others.length)]!();
  });
}

/** What is counted. */
function figuresOf({ counters, statistics, databases }: Services): unknown {
  const commands = [...statistics.commands].map(([name, { calls, rejected, failed, times }]) => ({
    ...{ name, calls, rejected, failed, times: times.count },
  }));
  const accesses = [0, 1, 2].map((index) =>
    Array.from({ length: 8 }, (_, key) => databases.at(index).peek(utf8(`k${key}`))?.frequency)
  );
  const { resp, cafe } = statistics;
  return { counters, commands, resp: resp.requests, cafe: cafe.requests, accesses };
}

function servicesAt(clock: { now: number }): ServerServices {
  const services = newServices({ now: () => clock.now });
  services.databases.accesses.decayTime = 0;
  services.databases.accesses.logFactor = 0; // Each access counts.
  return services;
}

test("are answered, counted and seen as those that come one by one", () => {
  let taken = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const clock = { now: 1_000 };
    const [together, apart] = [servicesAt(clock), servicesAt(clock)];
    const [session, other] = [
      new Session(together),
      new Session(apart),
    ];
    const runs = GetRuns.of(together);
    const answer = runs.answer.bind(runs);
    runs.answer = (...args) => {
      taken++;
      return answer(...args);
    };
    const random = new Random(seed);
    for (let round = 0; round < 4; round++) {
      const calls = randomCalls(random);
      const expected = calls.map((bytes) => textOf(other.receive(bytes))).join("");
      assertEquals(textOf(session.receive(concat(calls))), expected, `seed ${seed}`);
      clock.now += 3;
    }
    assertEquals(figuresOf(together), figuresOf(apart), `seed ${seed}`);
  }
  assertGreater(taken, 500);
});

test("are answered in CAFE as those that come one by one", () => {
  const random = new Random(3);
  const frames = Array.from({ length: 400 }, (_, id) => {
    const key = `k${random.below(8)}`;
    switch (random.below(12)) {
      case 0:
        return frame({ opcode: SET, key, value: "v".repeat(random.below(100)), id });
      case 1:
        return frame({ opcode: CAFE_GET, key, id, checksum: true });
      case 2:
        return frame({ opcode: CAFE_GET, key, id, flags: 0x0100 });
      case 3:
        return frame({ opcode: SET, key, value: "v", ttl: 60_000 });
      case 4:
        return frame({ opcode: PING, value: "x" });
      case 5:
        return frame({ opcode: CAFE_GET, key, entryVersion: 0 });
      default:
        return frame({ opcode: CAFE_GET, key, ...random.below(2) === 0 && { id } });
    }
  });
  const clock = { now: 1_000 };
  const [together, apart] = [servicesAt(clock), servicesAt(clock)];
  const [session, other] = [new Session(together), new Session(apart)];
  const expected = concat(frames.map((bytes) => other.receive(bytes)));
  assertEquals(session.receive(concat(frames)).toHex(), expected.toHex());
  assertEquals(figuresOf(together), figuresOf(apart));
  assertEquals(parseReplies(expected).length > 300, true);
});

test("are taken from four on, as many as there are", () => {
  const session = new Session(newServices());
  said(session, call("PING"));
  const gets = (count: number) => concat(Array.from({ length: count }, () => plainGet("k")));
  assertEquals([3, 4, 256, 257, 1_000].map((count) => runsOf(session, gets(count))), [
    0,
    1,
    1,
    1,
    4,
  ]);
});

test("are not taken from who may not read every key, or waits for something else", () => {
  const runs = (...before: readonly string[][]) => {
    const session = new Session(newServices());
    said(session, ...before.map((words) => call(...words)));
    return runsOf(session, concat(Array.from({ length: 9 }, () => plainGet("k"))));
  };
  assertEquals(runs(["PING"]), 1);
  assertEquals(runs(["MULTI"]), 0);
  assertEquals(runs(["WATCH", "k"]), 0);
  assertEquals(runs(["SUBSCRIBE", "c"]), 0);
  assertEquals(runs(["CLIENT", "REPLY", "OFF"]), 0);
  const services = newServices({ password: "secret" });
  assertEquals(
    runsOf(new Session(services), concat(Array.from({ length: 9 }, () => plainGet("k")))),
    0,
  );
});

test("are told one by one to who watches all requests", () => {
  const services = newServices();
  const lines: string[] = [];
  const session = new Session(services);
  said(session, call("PING"));
  services.monitors.add({ observe: (line) => void lines.push(line) });
  const answers = said(session, ...Array.from({ length: 9 }, () => plainGet("k")));
  assertEquals(answers, "$-1\r\n".repeat(9));
  assertEquals(lines.length, 9);
});

test("are cut at any byte without a difference", () => {
  const services = newServices();
  services.databases.at(0).set(utf8("k"), utf8("value"));
  const bytes = concat([
    call("PING"),
    ...Array.from({ length: 7 }, () => plainGet("k")),
    call("PING"),
  ]);
  const expected = `+PONG\r\n${"$5\r\nvalue\r\n".repeat(7)}+PONG\r\n`;
  for (let cut = 0; cut <= bytes.length; cut++) {
    const session = new Session(services);
    const answers = [bytes.subarray(0, cut), bytes.subarray(cut)].map((part) =>
      session.receive(part)
    );
    assertEquals(textOf(concat(answers)), expected, `${cut}`);
  }
});

test("with values of some size are held in parts of a run, and none is lost", () => {
  const services = newServices();
  const session = new Session(services);
  said(session, call("PING"));
  services.databases.at(0).set(utf8("k"), new Uint8Array(32_000).fill(0x78));
  services.databases.at(0).set(utf8("large"), new Uint8Array(600_000).fill(0x79));
  const requests: Incoming[] = [];
  const keys = Array.from({ length: 200 }, (_, at) => at % 50 === 49 ? "large" : "k");
  new BatchDecoder(session.decoder).push(concat(keys.map((key) => plainGet(key))), requests);
  let answers = 0;
  for (let at = 0; at < requests.length;) {
    at = session.handle(requests, at);
    assert(session.replyBytes < 2_000_000);
    answers += session.takeOutput().length;
  }
  assertGreater(answers, 4);
  assertEquals(services.statistics.resp.of(GET).calls, 200);
  assertEquals(services.counters.hits, 200);
});

test("of one server share one answerer", () => {
  const services = newServices();
  assert(GetRuns.of(services) === GetRuns.of(services));
  assert(GetRuns.of(services) !== GetRuns.of(newServices()));
});

test("are as many requests as there are GETs for how many are carried out at once", () => {
  const session = new Session(newServices());
  said(session, call("PING"));
  const requests: Incoming[] = [];
  const gets = concat(Array.from({ length: 300 }, () => plainGet("k")));
  new BatchDecoder(session.decoder).push(gets, requests);
  assertEquals(requests.length, 2);
  const carriedOut = (most: number, from: number) => {
    const before = session.handled;
    const at = session.handle(requests, from, most);
    return [at, session.handled - before];
  };
  assertEquals(carriedOut(270, 0), [1, 256], "the next run has 44");
  assertEquals(carriedOut(270, 1), [2, 44]);
  new BatchDecoder(session.decoder).push(gets, requests);
  assertEquals(carriedOut(10, 2), [12, 10]);
  assertEquals(session.takeOutput().length, 12);
});

test("are not taken with keys that the longest argument does not allow, which end the stream in their place", () => {
  const session = new Session(newServices({ limits: { maxBulkSize: 5 } }));
  const answers = said(
    session,
    ...[
      call("PING"),
      plainGet("a"),
      plainGet("b"),
      plainGet("c"),
      plainGet("toolong"),
      call("PING"),
    ],
  );
  const nulls = "$-1\r\n".repeat(3);
  assertEquals(answers, `+PONG\r\n${nulls}-ERR Protocol error: invalid bulk length\r\n`);
});
