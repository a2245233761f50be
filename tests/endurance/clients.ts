/** The clients of a soak: each comes, does what its name says, and goes. */

import { Client, type ClientOptions, connectTo, type Duplex } from "../../lib/client/mod.ts";
import { concat } from "@std/bytes";
import { textOf, utf8 } from "../codec/helpers.ts";
import type { Random } from "../random.ts";
import { frame, PUBLISH, SUBSCRIBE } from "../server/frames.ts";
import { RawClient } from "../server/raw_client.ts";
import { SECRET, type SoakedServer } from "./server.ts";
import { STREAM_VISITS } from "./streams.ts";

/** A client, from its connection to its end. What fails is thrown. */
export type Visit = (server: SoakedServer, random: Random) => Promise<void>;

/** There are no more keys than these. */
export const KEYS = 500;

const MAX_VALUE = 2_000;

/** How long a client waits for an answer, in milliseconds: a machine with other work may take its time. */
const PATIENCE = 60_000;

/** So many messages of 256 KiB no kernel keeps for a client that does not read. */
const MAX_UNREAD = 1_000;

/** The longest time that a client stays for nothing, in milliseconds. */
const STAY = 300;

function keyOf(random: Random): string {
  return `k${random.below(KEYS)}`;
}

function valueOf(random: Random): string {
  return "v".repeat(random.below(MAX_VALUE));
}

function stay(random: Random): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, random.below(STAY)));
}

function raw({ address }: SoakedServer): Promise<RawClient> {
  return RawClient.connect({ transport: "tcp", ...address });
}

/** Connects in plain, sends lines of RESP, stays for a time, and closes without a word. */
async function leave(server: SoakedServer, random: Random, lines: string): Promise<void> {
  using client = await raw(server);
  await client.send(utf8(lines));
  await stay(random);
}

/** A few calls of the typed client. */
async function call(client: Client, random: Random): Promise<void> {
  const [key, value] = [keyOf(random), valueOf(random)];
  await client.set(key, value, random.once(3) ? { ttl: 1 + random.below(1_000) } : {});
  await Promise.all([
    client.get(key),
    client.incr(`n${random.below(10)}`),
    client.delete(keyOf(random)),
    client.touch(keyOf(random), { ttl: 60_000 }),
    client.ping("x".repeat(random.below(1_000))),
    client.scanPage("k1", 0),
  ]);
}

/** The typed client with some options. */
async function typed(server: SoakedServer, random: Random, options: ClientOptions): Promise<void> {
  await using client = await Client.connect(server.address, { ...options, timeout: PATIENCE });
  for (let times = random.below(4); times >= 0; times--) await call(client, random);
}

/** All clients, by name. */
export const VISITS: Readonly<Record<string, Visit>> = {
  "CAFE": (server, random) => typed(server, random, { checksum: random.once(2) }),
  "CAFE, compressed": (server, random) => typed(server, random, { compress: true }),
  "CAFE, signed": (server, random) => typed(server, random, { sign: true, secret: SECRET }),
  "CAFE, encrypted": (server, random) =>
    typed(server, random, { sign: true, encrypt: true, compress: true, secret: SECRET }),

  async "CAFE over TLS"(server, random) {
    await using client = await Client.connect(server.tlsAddress, { timeout: PATIENCE });
    await call(client, random);
  },

  async "CAFE, losing its connection"({ address }) {
    let duplex: Duplex | undefined;
    const transport = async (signal: AbortSignal) => duplex = await connectTo(address)(signal);
    await using client = await Client.connect(transport, {
      timeout: PATIENCE,
      reconnect: { minDelay: 1, maxDelay: 1 },
    });
    for (let times = 0; times < 3; times++) {
      await client.ping();
      duplex?.close();
    }
    await client.ping();
  },

  async "RESP"(server, random) {
    using client = await raw(server);
    const lines = [`SET ${keyOf(random)} ${valueOf(random)} PX 500`, `GET ${keyOf(random)}`];
    lines.push("MULTI", `APPEND ${keyOf(random)} x`, "INCR n1", "EXEC", "HELLO 3", "INFO", "QUIT");
    await client.send(utf8(lines.join("\r\n") + "\r\n"));
    const replies = textOf(await client.readAll());
    if (!replies.endsWith("+OK\r\n")) {
      throw new Error(`QUIT was answered with ${replies.slice(-80)}`);
    }
  },

  async "subscriber"({ address }, random) {
    await using client = await Client.connect(address, { timeout: PATIENCE });
    await using subscription = await client.subscribe("news");
    await client.publish("news", valueOf(random));
    await subscription.next();
    await stay(random);
  },

  async "subscriber that leaves"({ address }, random) {
    await using client = await Client.connect(address, { timeout: PATIENCE });
    for (let i = 0; i < 5; i++) await client.subscribe(`channel ${random.below(50)}`);
    await client.publish("channel 1", valueOf(random));
  },

  async "slow reader that is cut"(server, random) {
    using slow = await raw(server);
    const channel = `slow ${random.below(1_000_000)}`;
    await slow.call(frame({ opcode: SUBSCRIBE, key: channel }));
    using writer = await raw(server);
    const message = frame({ opcode: PUBLISH, key: channel, value: new Uint8Array(262_144) });
    for (let sent = 0; (await writer.call(message)).value.toHex() !== "00000000"; sent++) {
      if (sent > MAX_UNREAD) throw new Error(`it is not cut after ${sent} messages`);
    }
  },

  async "slow reader that leaves"(server, random) {
    using client = await raw(server);
    const set = utf8(`SET large ${"v".repeat(20_000)}\r\n`);
    await client.flood(concat([set, ...Array.from({ length: 200 }, () => utf8("GET large\r\n"))]));
    await stay(random);
  },

  async "client that breaks the protocol"(server, random) {
    using client = await raw(server);
    const wrong = random.of([
      utf8("*1\r\n$x\r\n"),
      utf8("GET / HTTP/1.1\r\n\r\n"),
      concat([Uint8Array.of(0xca), random.bytes(40)]),
      concat([frame({ opcode: 4 }), random.bytes(40)]),
    ]);
    await client.flood(wrong);
    await client.closeWrite();
    await client.drain();
  },

  async "TLS that is none"({ tlsAddress }, random) {
    const { hostname, port } = tlsAddress;
    using client = await RawClient.connect({ transport: "tcp", hostname, port });
    await client.flood(random.bytes(random.below(100)));
    await stay(random);
  },

  async "client that ends in a frame"(server, random) {
    using client = await raw(server);
    const set = frame({ opcode: 2, key: keyOf(random), value: valueOf(random) + "!" });
    const whole = random.once(2)
      ? set
      : utf8(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$9\r\n${"x".repeat(9)}\r\n`);
    await client.send(whole.subarray(0, 1 + random.below(whole.length - 1)));
    await stay(random);
  },

  async "client that does not read its replies"(server, random) {
    using client = await raw(server);
    await client.send(
      concat(Array.from({ length: 50 }, () => frame({ opcode: 4, value: "ping" }))),
    );
    await stay(random); // What is not read makes its close a reset.
  },

  "silent client": (server, random) => leave(server, random, ""),

  "transaction that is left": (server, random) =>
    leave(server, random, `WATCH ${keyOf(random)}\r\nMULTI\r\nSET a ${valueOf(random)}\r\n`),

  "wait that is left": (server, random) =>
    leave(server, random, `SET ${keyOf(random)} x\r\nWAITAOF 1 0 0\r\nPING\r\n`),

  "pattern that is left": (server, random) =>
    leave(server, random, `PSUBSCRIBE news* ${random.below(100)}*\r\n`),

  "monitor that is left": (server, random) => leave(server, random, "MONITOR\r\n"),

  ...STREAM_VISITS,
};
