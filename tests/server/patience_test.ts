import {
  Connection,
  type Ending,
  type Limits,
  newServices,
  serverLimits,
} from "../../lib/server/mod.ts";
import { MIN_FRAME_RATE } from "../../lib/server/patience.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes";
import { hex, settle, textOf, utf8 } from "../codec/helpers.ts";
import { FakeSocket } from "./fake_socket.ts";
import { frame, parseReplies, PING, SUBSCRIBE } from "./frames.ts";

/** A connection whose clock the test moves. */
class Stage {
  now = 1_000;
  readonly socket = new FakeSocket();
  readonly services;
  readonly connection: Connection;
  readonly ending: Promise<Ending>;

  constructor(limits: Limits, password: string) {
    this.services = newServices({ now: () => this.now, password });
    this.connection = new Connection(this.socket, this.services, serverLimits(limits));
    this.ending = this.connection.run();
  }

  /** Gives bytes, lets time pass, and has the limits looked at. */
  async step(ms: number, ...parts: (Uint8Array | null)[]): Promise<void> {
    this.socket.give(...parts);
    await settle();
    this.now += ms;
    this.connection.look(this.now);
    await settle();
  }

  get sent(): string {
    return textOf(concat(this.socket.sent));
  }

  /** How it ended, when the peer ends its side as well. */
  async end(): Promise<[reason: string, message: string | undefined]> {
    this.socket.give(null);
    const { reason, error } = await this.ending;
    return [reason, error?.message];
  }
}

function test(
  name: string,
  limits: Limits,
  fn: (stage: Stage) => Promise<void>,
  password = "",
): void {
  Deno.test({
    name: `a connection ${name}`,
    permissions: "none",
    fn: () => fn(new Stage(limits, password)),
  });
}

const PING_FRAME = frame({ opcode: PING });
const SET_HEADER = hex("cafe 01 02 0000 0001 00010000 61"); // A key of 1 byte, a value of 64 KiB.

test("whose CAFE request comes a byte at a time is told so, and closed", {
  frameTimeout: 1_000,
}, async (stage) => {
  await stage.step(0, SET_HEADER);
  for (let ms = 0; ms < 1_000; ms += 100) await stage.step(100, Uint8Array.of(0));
  assertEquals(stage.sent, "", "it has its time, and 1 ms for each 8 bytes");
  await stage.step(10, Uint8Array.of(0));
  const [reply] = parseReplies(concat(stage.socket.sent));
  assertEquals([reply!.type, textOf(reply!.key)], ["ERR", "PROTOCOL"]);
  const [reason, message] = await stage.end();
  assertEquals([reason, message], ["frame timeout", textOf(reply!.value)]);
  assertStringIncludes(message!, "24 bytes of it came in 1010 ms");
  assertStringIncludes(message!, "(option frameTimeout)");
});

for (
  const [name, first] of [
    ["array", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$9\r\n"],
    ["number of arguments", "*"],
    ["length", "*2\r\n$3\r\nGET\r\n$1"],
    ["inline request", "PI"],
  ] as const
) {
  test(`whose RESP ${name} does not come whole is told so, and closed`, {
    frameTimeout: 1_000,
  }, async (stage) => {
    await stage.step(0, utf8(first));
    await stage.step(1_000, utf8("0"));
    assertEquals(stage.sent, "");
    await stage.step(100);
    assertStringIncludes(stage.sent, "-ERR Cannot read request");
    assertStringIncludes(stage.sent, "(option frameTimeout)\r\n");
    assertEquals((await stage.end())[0], "frame timeout");
  });
}

test("may take long for a long request that comes at an honest speed", {
  frameTimeout: 1_000,
}, async (stage) => {
  await stage.step(0, SET_HEADER);
  for (let sent = 0; sent < 65_536; sent += MIN_FRAME_RATE) {
    await stage.step(1_000, new Uint8Array(MIN_FRAME_RATE));
  }
  assertEquals(await stage.end(), ["end of input", undefined]);
  assertEquals(stage.socket.words, ["OK"]);
});

test("may take any time between requests, and for any number of short ones", {
  frameTimeout: 1_000,
}, async (stage) => {
  for (let i = 0; i < 10; i++) {
    await stage.step(900, PING_FRAME, PING_FRAME.subarray(0, 5));
    await stage.step(900, PING_FRAME.subarray(5));
  }
  await stage.step(100_000);
  assertEquals((await stage.end())[0], "end of input");
  assertEquals(stage.socket.words.length, 20);
});

test("is not cut inside a request while its replies are written", {
  frameTimeout: 1_000,
}, async (stage) => {
  const gate = Promise.withResolvers<void>();
  stage.socket.gate = gate.promise;
  await stage.step(0, concat([PING_FRAME, SET_HEADER]));
  for (let i = 0; i < 5; i++) await stage.step(1_000);
  gate.resolve();
  await stage.step(0, new Uint8Array(65_536));
  assertEquals((await stage.end())[0], "end of input");
  assertEquals(stage.socket.words, ["OK", "OK"]);
});

test("may take any time with a frameTimeout of 0", { frameTimeout: 0 }, async (stage) => {
  await stage.step(0, SET_HEADER);
  await stage.step(100_000);
  await stage.step(100_000, new Uint8Array(65_536));
  assertEquals((await stage.end())[0], "end of input");
});

const AUTH_LIMITS = { authTimeout: 1_000 };

test(
  "that sends no password in time is told so in RESP, and closed",
  AUTH_LIMITS,
  async (stage) => {
    await stage.step(1_000, utf8("GET k\r\n"));
    assertEquals(stage.sent, "-NOAUTH Authentication required.\r\n");
    await stage.step(1);
    assertStringIncludes(stage.sent, "it has not authenticated in 1001 ms; the limit is 1000 ms");
    assertStringIncludes(stage.sent, "(option authTimeout)\r\n");
    assertEquals((await stage.end())[0], "authentication timeout");
  },
  "secret",
);

test(
  "that sends no password in time is told so in CAFE, and closed",
  AUTH_LIMITS,
  async (stage) => {
    await stage.step(1_001, PING_FRAME);
    assertEquals(stage.socket.words, ["ERR AUTH_REQUIRED", "ERR AUTH_REQUIRED"]);
    assertEquals((await stage.end())[0], "authentication timeout");
  },
  "secret",
);

test("that says nothing where a password is set is closed", AUTH_LIMITS, async (stage) => {
  await stage.step(1_000);
  assertEquals(stage.sent, "");
  await stage.step(1);
  assertStringIncludes(stage.sent, "-ERR Cannot keep the connection");
  assertEquals((await stage.end())[0], "authentication timeout");
}, "secret");

test("that has sent its password stays, in both protocols", AUTH_LIMITS, async (none) => {
  const resp = new Stage(AUTH_LIMITS, "secret");
  await resp.step(10, utf8("AUTH secret\r\n"));
  await resp.step(100_000);
  assertEquals([(await resp.end())[0], resp.sent], ["end of input", "+OK\r\n"]);
  const cafe = new Stage(AUTH_LIMITS, "secret");
  await cafe.step(10, frame({ opcode: 5, key: "default", value: "secret" }));
  await cafe.step(100_000);
  assertEquals([(await cafe.end())[0], cafe.socket.words], ["end of input", ["OK"]]);
  assertEquals((await none.end())[0], "end of input");
}, "secret");

test("stays without a password where none is set", AUTH_LIMITS, async (stage) => {
  await stage.step(100_000);
  assertEquals((await stage.end())[0], "end of input");
});

const SOFT = { softOutputSize: 1_000, softOutputTime: 500 };

/** Publishes a message to a subscriber that takes nothing. */
async function withMessages(stage: Stage, count: number): Promise<() => void> {
  await stage.step(0, frame({ opcode: SUBSCRIBE, key: "c" }));
  const gate = Promise.withResolvers<void>();
  stage.socket.gate = gate.promise;
  for (let i = 0; i < count; i++) stage.services.channels.publish(hex("63"), new Uint8Array(400));
  await settle();
  return () => gate.resolve();
}

test(
  "with more than softOutputSize for longer than softOutputTime is closed",
  SOFT,
  async (stage) => {
    const take = await withMessages(stage, 3);
    await stage.step(0);
    await stage.step(500);
    assertEquals(stage.connection.state !== "Closed", true);
    await stage.step(1);
    assertEquals(stage.connection.state, "Closed");
    take();
    const [reason, message] = await endingOf(stage);
    assertEquals(reason, "slow reader");
    assertStringIncludes(message!, "(option softOutputSize) waited for 501 ms, now 2163");
    assertStringIncludes(message!, "(option softOutputTime)");
  },
);

async function endingOf({ ending, socket }: Stage): Promise<[string, string | undefined]> {
  socket.gate = undefined;
  const { reason, error } = await ending;
  return [reason, error?.message];
}

test(
  "that takes its messages now and then stays, however much is held between",
  SOFT,
  async (stage) => {
    for (let i = 0; i < 5; i++) {
      const take = await withMessages(stage, 5);
      await stage.step(0);
      await stage.step(400);
      take();
      await stage.step(0);
    }
    assertEquals((await stage.end())[0], "end of input");
  },
);

test("with less than softOutputSize is not closed for it", SOFT, async (stage) => {
  const take = await withMessages(stage, 1);
  for (let i = 0; i < 5; i++) await stage.step(1_000);
  take();
  await stage.step(0);
  assertEquals((await stage.end())[0], "end of input");
});

test("that takes nothing of a large reply for softOutputTime is closed", SOFT, async (stage) => {
  await stage.step(0, frame({ opcode: 2, key: "k", value: new Uint8Array(2_000) }));
  const gate = Promise.withResolvers<void>();
  stage.socket.gate = gate.promise;
  await stage.step(500, frame({ opcode: 1, key: "k" }));
  assertEquals(stage.connection.state, "Writing");
  await stage.step(1);
  assertEquals(stage.connection.state, "Closed");
  gate.resolve();
  const [reason, message] = await endingOf(stage);
  assertEquals(reason, "slow reader");
  assertStringIncludes(message!, "nothing was taken for 501 ms");
});

test("that takes nothing of its last reply for softOutputTime is closed", SOFT, async (stage) => {
  const gate = Promise.withResolvers<void>();
  stage.socket.gate = gate.promise;
  await stage.step(500, hex("caff")); // A protocol error.
  assertEquals(stage.connection.state, "Writing");
  await stage.step(1);
  assertEquals(stage.connection.state, "Closed");
  gate.resolve();
  assertEquals((await endingOf(stage))[0], "protocol error");
});
