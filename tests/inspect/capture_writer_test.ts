import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { CaptureWriter } from "../../lib/inspect/mod.ts";
import { framesOf, inspect, PURE, summary } from "./helpers.ts";

const PING = Uint8Array.fromHex("cafe01040000000000000000");
const PONG = Uint8Array.fromHex("cafe01800000000000000004" + "504f4e47");

for (
  const [client, server, shown] of [
    ["10.0.0.1", "10.0.0.2", "10.0.0.1:4000 > 10.0.0.2:51966"],
    ["::1", "2001:db8::2", "[::1]:4000 > [2001:db8::2]:51966"],
    ["10.0.0.1", "::1", "[::ffff:a00:1]:4000 > [::1]:51966"],
    ["::ffff:10.0.0.1", "::", "[::ffff:a00:1]:4000 > [::]:51966"],
  ] as const
) {
  Deno.test(`capture of ${client} and ${server} is read as it was written`, PURE, () => {
    const connection = {
      client: { hostname: client, port: 4000 },
      server: { hostname: server, port: 51_966 },
    };
    const writer = new CaptureWriter();
    const capture = concat([
      writer.begin(),
      writer.opened(connection, 1_000),
      writer.sent(connection, "client", PING, 2_000.5),
      writer.sent(connection, "server", PONG, 2_001.75),
      writer.ended(connection, "client", 3_000),
      writer.ended(connection, "server", 3_000),
    ]);
    const found = inspect(capture);
    assertEquals(summary(found), ["request PING", "response OK PONG"]);
    assertEquals([found[0]!.connection, found[0]!.time], [shown, 2_000.5]);
    assertEquals(framesOf(found)[1]!.answers?.milliseconds, 1.25);
  });
}

Deno.test("capture of long values is cut into packets, and read as it was written", PURE, () => {
  const value = new Uint8Array(200_000).fill(7);
  const frame = concat([Uint8Array.fromHex("cafe01040000000000030d40"), value]);
  const connection = {
    client: { hostname: "127.0.0.1", port: 1 },
    server: { hostname: "127.0.0.1", port: 51_966 },
  };
  const writer = new CaptureWriter();
  const capture = concat([
    writer.begin(),
    writer.opened(connection, 0),
    writer.sent(connection, "client", frame, 0),
    writer.sent(connection, "client", PING, 0),
  ]);
  assertEquals(framesOf(inspect(capture)).map(({ size }) => size), [200_012, 12]);
});
