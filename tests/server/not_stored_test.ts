/** What is replied when a request was carried out, and its effects could not be stored. */

import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { frame, GET, SET } from "./frames.ts";
import { KeepServer } from "./resp/keepers.ts";

const QUIET = 0x0100;

const MISCONF = "-MISCONF Cannot store: the journal could not be written: no room; " +
  "it may be lost at a restart";

function test(name: string, fn: (server: KeepServer) => Promise<void>): void {
  Deno.test({
    name: `a reply to what could not be stored ${name}`,
    permissions: "none",
    async fn() {
      const server = await KeepServer.open();
      server.frail.disk.writeFailure = "no room";
      await fn(server);
    },
  });
}

test(
  "is an error, and other replies are not",
  async (server) => {
    const client = server.connect();
    assertEquals(
      await client.say("GET a", "SET a 1", "INCR a", "GET a", "DEL b"),
      `$-1 ${MISCONF} ${MISCONF} $1 2 :0`,
    );
    const { counters, statistics } = server.services;
    assertEquals([counters.errors, statistics.errors.get("MISCONF")], [2, 2]);
  },
);

test(
  "takes the place of all replies to EXEC, and leaves messages and the version",
  async (server) => {
    const client = server.connect();
    await client.say("HELLO 3", "SUBSCRIBE c");
    assertEquals(
      await client.say("MULTI", "SET a 1", "PUBLISH c hi", "HELLO 2", "EXEC", "UNSUBSCRIBE c"),
      `+OK +QUEUED +QUEUED +QUEUED ${MISCONF} ` +
        ">3 $7 message $1 c $2 hi *3 $11 unsubscribe $1 c :0",
    );
  },
);

test("comes also to who is quiet", async (server) => {
  const client = server.connect();
  client.socket.give(concat([
    frame({ opcode: SET, flags: QUIET, key: "k", value: "v" }),
    frame({ opcode: GET, key: "k" }),
  ]));
  assertEquals([await client.leave(), ...client.socket.words], [
    "end of input",
    "ERR NOT_STORED",
    "OK",
  ]);
});
