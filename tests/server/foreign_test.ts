/** What does not begin as CAFE does is RESP, so that rubbish gets the answers of a Redis server. */

import { serve } from "../../lib/server/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { hex, textOf, utf8 } from "../codec/helpers.ts";
import { frame, parseReplies, PING, wordOf } from "./frames.ts";
import { Random } from "../random.ts";
import { assertAlive, RawClient, until } from "./raw_client.ts";

/** The first bytes of a connection, and all that the client gets. */
interface Row {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The replies, each a line. */
  readonly replies: readonly string[];
  /** Who ends the connection, as in hostile_test.ts. */
  readonly end: "server" | "client";
}

function refused(name: string, bytes: Uint8Array, error: string): Row {
  return { name, bytes, replies: [`-ERR Protocol error: ${error}`], end: "server" };
}

function borne(name: string, bytes: Uint8Array, ...replies: string[]): Row {
  return { name, bytes, replies, end: "client" };
}

const PING_FRAME = frame({ opcode: PING });

const ROWS: readonly Row[] = [
  refused("64 KiB and a byte of zeros", new Uint8Array(65_537), "too big inline request"),
  refused("a megabyte of ff bytes", new Uint8Array(2 ** 20).fill(255), "too big inline request"),
  refused(
    "a TLS hello with commands",
    concat([hex("16 03 01 02 00 01 00 01 fc 03 03"), utf8("\r\nSET a 1\r\n")]),
    "an inline request with a NUL byte (possible cross-protocol attack)",
  ),
  refused("an open quote", utf8('GET "a\r\nPING\r\n'), "unbalanced quotes in request"),
  refused("an array of no number", utf8("*x\r\nPING\r\n"), "invalid multibulk length"),
  refused("an array of an integer", utf8("*1\r\n:3\r\nPING\r\n"), "expected '$', got ':'"),
  refused("an argument of 1 TB", utf8("*1\r\n$999999999999\r\nPING\r\n"), "invalid bulk length"),

  borne("64 KiB of zeros, and the end", new Uint8Array(65_536)),
  borne("a TLS hello, and the end", hex("16 03 01 02 00 01 00 01 fc 03 03")),
  borne("a frame that is shifted by one byte, and the end", concat([hex("00"), PING_FRAME])),
  borne("a magic with its bytes swapped, and the end", hex("feca 01 04 0000 0000 00000000")),
  borne("an array that is cut", utf8("PING\r\n*2\r\n$4\r\nPI"), "+PONG"),
  borne("a RESP array", utf8("*1\r\n$4\r\nPING\r\n"), "+PONG"),
  borne("an inline RESP request", utf8("PING\r\n"), "+PONG"),
  borne("empty lines and empty arrays", utf8("\r\n\n*0\r\n*-1\r\nPING\r\n"), "+PONG"),
  borne(
    "CAFE behind RESP, which stays what it is",
    concat([utf8("PING\r\n"), utf8("\xca\n"), utf8("PING\r\n")]),
    "+PONG",
    "-ERR unknown command '\xca', with args beginning with: ",
    "+PONG",
  ),
];

function test(name: string, fn: (address: Deno.NetAddr) => Promise<void>): void {
  Deno.test({
    name: `a server whose first bytes are not CAFE answers ${name}`,
    permissions: { net: ["127.0.0.1", "localhost"] },
    async fn() {
      await using server = await serve({ port: 0 });
      await fn(server.addr!);
      await assertAlive(server.addr!);
      await until(() => server.services.counters.connections === 0);
    },
  });
}

/** Sends bytes, and reads to the end: the server's, or that after the client's. */
async function exchange(address: Deno.NetAddr, { bytes, end }: Omit<Row, "replies">) {
  using client = await RawClient.connect(address);
  const sending = client.flood(bytes);
  if (end === "client") void sending.then(() => client.closeWrite());
  const got = await client.readAll();
  await sending;
  return got;
}

for (const row of ROWS) {
  test(row.name, async (address) => {
    const got = await exchange(address, row);
    assertEquals(textOf(got), row.replies.map((line) => `${line}\r\n`).join(""));
  });
}

test("random lines with errors", async (address) => {
  const random = new Random(1);
  const line = () => concat([random.bytes(20).map((byte) => byte || 1), hex("0a")]);
  const bytes = concat([hex("01"), ...Array.from({ length: 500 }, line)]);
  const got = textOf(await exchange(address, { name: "", bytes, end: "client" }));
  assert(/^(-ERR [^\r\n]*\r\n)+$/.test(got), got);
});

test("each of two connections in the protocol of its first byte", async (address) => {
  using cafe = await RawClient.connect(address);
  using resp = await RawClient.connect(address);
  await cafe.send(hex("ca"));
  await resp.send(utf8("P"));
  await cafe.send(PING_FRAME.subarray(1));
  await resp.send(utf8("ING\r\n"));
  assertEquals(textOf(await resp.readExactly(7)), "+PONG\r\n");
  assertEquals(parseReplies(await cafe.readExactly(16)).map(wordOf), ["OK"]);
});
