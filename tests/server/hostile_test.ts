import type { Server } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { hex, utf8 } from "../codec/helpers.ts";
import { frame, GET, INCR, PING, SCAN, SET, STATS, wordOf } from "./frames.ts";
import { Random } from "../random.ts";
import { assertAlive, RawClient, until } from "./raw_client.ts";
import { testWithAndWithoutWorkers } from "./with_workers.ts";

/** What a client sends, and what it gets until the connection ends. */
interface Row {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The replies in words. */
  readonly replies: readonly string[];
  /**
   * Who ends the connection: the `server`, after its last reply and though the client goes on; or the
   * `client`, which ends its sending side.
   */
  readonly end: "server" | "client";
}

const PING_FRAME = frame({ opcode: PING });

/** Rows that the server is to refuse: it answers with these errors, and closes. */
function refused(name: string, bytes: Uint8Array, ...replies: string[]): Row {
  return { name, bytes, replies, end: "server" };
}

/** Rows that the server is to bear: it answers them all, and reads on. */
function borne(name: string, bytes: Uint8Array, ...replies: string[]): Row {
  return { name, bytes, replies, end: "client" };
}

/** The replies when a PING comes first. */
const AFTER_PING = "OK";

/** What does not begin with the magic; as the first bytes of a connection it is RESP: see foreign_test.ts. */
const FOREIGN: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["random rubbish", concat([hex("00"), new Random(1).bytes(5_000)])],
  ["64 KiB of zero bytes", new Uint8Array(65_536)],
  ["64 KiB of ff bytes", new Uint8Array(65_536).fill(0xff)],
  ["an HTTP GET", utf8("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
  [
    "an HTTP POST whose body is a frame",
    concat([utf8("POST / HTTP/1.1\r\nHost: a\r\n\r\n"), PING_FRAME]),
  ],
  ["a TLS hello", hex("16 03 01 02 00 01 00 01 fc 03 03")],
  ["a RESP array", utf8("*1\r\n$4\r\nPING\r\n")],
  ["an inline RESP request", utf8("PING\r\n")],
  ["a magic with its bytes swapped", hex("feca 01 04 0000 0000 00000000")],
];

const ROWS: readonly Row[] = [
  ...FOREIGN.map(([name, bytes]) =>
    refused(
      `${name} behind a good frame`,
      concat([PING_FRAME, bytes]),
      AFTER_PING,
      "ERR PROTOCOL",
    )
  ),
  refused("a Java class file", hex("cafebabe 0000 0041 001d 0a00 0200"), "ERR PROTOCOL"),
  refused("a magic whose second byte is wrong", hex("caff"), "ERR PROTOCOL"),
  refused(
    "a wrong magic behind a good frame",
    concat([PING_FRAME, hex("cafd"), PING_FRAME]),
    AFTER_PING,
    "ERR PROTOCOL",
  ),
  refused(
    "a frame that is shifted by one byte",
    concat([PING_FRAME, hex("00"), PING_FRAME]),
    AFTER_PING,
    "ERR PROTOCOL",
  ),
  refused("a value_len of 4 GiB", hex("cafe 01 02 0000 0001 ffffffff"), "ERR TOO_LARGE"),
  refused(
    "a value_len one over its limit",
    hex("cafe 01 02 0000 0001 04000001 61"),
    "ERR TOO_LARGE",
  ),
  refused(
    "both lengths at their most, of an unknown opcode",
    hex("cafe 01 63 0000 ffff ffffffff"),
    "ERR TOO_LARGE",
  ),
  refused(
    "both lengths at their most, of an unknown version",
    hex("cafe ff 01 0000 ffff ffffffff"),
    "ERR TOO_LARGE",
  ),
  refused("a key_len over its limit", hex("cafe 01 01 0000 0401 00000000"), "ERR TOO_LARGE"),
  refused("a reserved flag", hex("cafe 01 04 0400 0000 00000000"), "ERR UNSUPPORTED_FLAG"),
  refused(
    "the other reserved flag, with extensions",
    hex("cafe 01 04 0870 0000 00000000 00000001 0000000000000000 0000000000000000"),
    "ERR UNSUPPORTED_FLAG",
  ),
  refused("a wrong checksum", hex("cafe 01 04 0004 0000 00000000 00000000"), "ERR CHECKSUM"),
  refused(
    "a bit that flipped under a checksum",
    frame({ opcode: SET, key: "a", value: "b", checksum: true }).map((byte, at) =>
      at === 12 ? byte ^ 1 : byte
    ),
    "ERR CHECKSUM",
  ),

  ...Array.from({ length: 11 }, (_, at) =>
    borne(
      `a header that is cut at byte ${at + 1}`,
      hex("cafe 01 04 0000 0000 00000000").slice(0, at + 1),
      "ERR PROTOCOL",
    )),
  borne("an id that is cut", hex("cafe 01 04 0010 0000 00000000 0000"), "ERR PROTOCOL"),
  borne("a key that is cut", hex("cafe 01 01 0000 0003 00000000 66"), "ERR PROTOCOL"),
  borne("a value that is cut", hex("cafe 01 02 0000 0001 04000000 61 00"), "ERR PROTOCOL"),
  borne("a checksum that is cut", hex("cafe 01 04 0004 0000 00000000 5c92a4"), "ERR PROTOCOL"),
  borne("nothing at all", new Uint8Array(0)),
  borne(
    "8 MiB of an unknown opcode",
    concat([frame({ opcode: 200, value: new Uint8Array(8_388_608) }), PING_FRAME]),
    "ERR UNKNOWN_OPCODE",
    "OK",
  ),
  borne(
    "every opcode that is none",
    concat([0, 17, 127, 128, 132, 255].map((opcode) => frame({ opcode, key: "k", value: "v" }))),
    ...Array.from({ length: 6 }, () => "ERR UNKNOWN_OPCODE"),
  ),
  borne(
    "every version that is none",
    concat([0, 2, 0xba, 255].map((version) => frame({ opcode: PING, version }))),
    ...Array.from({ length: 4 }, () => "ERR UNSUPPORTED_VERSION"),
  ),
  borne(
    "flags that this release does not carry out",
    concat([0x1, 0x2, 0x80].map((flags) => frame({ opcode: PING, flags }))),
    ...Array.from({ length: 3 }, () => "ERR UNSUPPORTED_FLAG"),
  ),
  borne("flags that may be ignored", frame({ opcode: PING, flags: 0xf000 }), "OK"),
  borne(
    "a SCAN with the cursor of another server, and one over 2^53",
    concat(
      ["000000000000ffff", "ffffffffffffffff", "ff"].map((cursor) =>
        frame({ opcode: SCAN, value: hex(cursor) })
      ),
    ),
    "OK",
    "ERR BAD_REQUEST",
    "ERR BAD_REQUEST",
  ),
  borne(
    "a TTL of 0, and one of 2^64 - 1",
    concat([
      frame({ opcode: SET, key: "k", ttl: 0 }),
      hex("cafe 01 02 0020 0001 00000000 ffffffffffffffff 6b"),
      hex("cafe 01 08 0020 0001 00000000 ffffffffffffffff 6b"),
    ]),
    ...Array.from({ length: 3 }, () => "ERR BAD_REQUEST"),
  ),
  borne(
    "a version of 2^64 - 1",
    hex("cafe 01 02 0040 0001 00000000 ffffffffffffffff 6b"),
    "ERR BAD_REQUEST",
  ),
  borne(
    "an INCR of a value that is no number, and by a delta that is no i64",
    concat([
      frame({ opcode: SET, key: "k", value: "12x4" }),
      frame({ opcode: INCR, key: "k" }),
      frame({ opcode: INCR, key: "n", value: hex("7fffffffffffffff") }),
      frame({ opcode: INCR, key: "n" }),
      frame({ opcode: INCR, key: "n", value: "1" }),
    ]),
    "OK",
    "ERR NOT_AN_INTEGER",
    "OK",
    "ERR OVERFLOW",
    "ERR BAD_REQUEST",
  ),
  borne(
    "a STATS of `__proto__`",
    frame({ opcode: STATS, key: "__proto__" }),
    "ERR BAD_REQUEST",
  ),
  borne(
    "a key named `__proto__`, and one of 1,024 ff bytes",
    concat([
      frame({ opcode: SET, key: "__proto__", value: "v" }),
      frame({ opcode: GET, key: "__proto__" }),
      frame({ opcode: SET, key: new Uint8Array(1_024).fill(0xff) }),
    ]),
    ...Array.from({ length: 3 }, () => "OK"),
  ),
  borne(
    "a megabyte of PINGs",
    concat(Array.from({ length: 87_382 }, () => PING_FRAME)),
    ...Array.from({ length: 87_382 }, () => "OK"),
  ),
];

function test(name: string, fn: (server: Server) => Promise<void>): void {
  testWithAndWithoutWorkers(`a server survives ${name}`, async (serve) => {
    await using server = await serve({ port: 0, limits: { maxKeySize: 1_024 } });
    await fn(server);
    await assertAlive(server.addr!);
    await until(() => server.services.counters.connections === 0);
  });
}

for (const { name, bytes, replies, end } of ROWS) {
  test(name, async (server) => {
    using client = await RawClient.connect(server.addr!);
    const sending = client.flood(bytes);
    if (end === "client") void sending.then(() => client.closeWrite());
    const got = (await client.readToEnd()).map(wordOf);
    await sending;
    assertEquals(got.length, replies.length);
    assertEquals(got, [...replies]);
  });
}

test("a reset inside a frame", async (server) => {
  using client = await RawClient.connect(server.addr!);
  await client.send(concat([PING_FRAME, hex("cafe 01 02 0000 0001 00ffffff")]));
  await until(() => server.services.counters.requests === 1);
  client.close(); // With the reply unread, which makes it a reset.
});

test("a deep pipeline whose replies nobody reads, and a reset", async (server) => {
  using client = await RawClient.connect(server.addr!);
  await client.send(frame({ opcode: SET, key: "k", value: new Uint8Array(65_536) }));
  await client.send(concat(Array.from({ length: 5_000 }, () => frame({ opcode: GET, key: "k" }))));
  await until(() => server.services.counters.requests > 1);
  client.close();
});

test("a connection that is closed at once, 200 times", async (server) => {
  for (let i = 0; i < 200; i++) (await RawClient.connect(server.addr!)).close();
  await until(() => server.services.counters.accepted === 200);
});

test("50 connections that send rubbish at the same time", async (server) => {
  const random = new Random(7);
  await Promise.all(Array.from({ length: 50 }, async () => {
    using client = await RawClient.connect(server.addr!);
    await client.flood(concat([PING_FRAME, hex("00"), random.bytes(20_000)]));
    assertEquals((await client.readToEnd()).map(wordOf), [AFTER_PING, "ERR PROTOCOL"]);
  }));
});
