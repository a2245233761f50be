/** The load generator, with servers of both kinds. */

import { Load, RESP } from "../../lib/load/mod.ts";
import { connectSocket } from "../../lib/client/mod.ts";
import { assertEquals } from "@std/assert";
import { scenario } from "./scenario.ts";

const MIX = { GET: 4, SET: 2, INCR: 2, DELETE: 1, PING: 1 };

scenario("load in RESP: it gets the replies that it expects to all requests", async (server) => {
  const options = { protocol: RESP, connections: 5, depth: 20, keys: 500, mix: MIX, verify: true };
  using load = await Load.connect((signal) => connectSocket(server, signal), {
    ...options,
    valueSize: [0, 1_000],
  });
  const filled = await load.fill();
  const { requests, errors } = await load.run({ count: 10_000 });
  assertEquals([filled.requests, filled.errors.size], [500, 0]);
  assertEquals([requests, [...errors], load.failure], [10_000, [], undefined]);
});

scenario("load in RESP: it counts errors of the server, and logs in", async (server) => {
  const utf8 = new TextEncoder();
  const credentials = { user: utf8.encode("default"), password: utf8.encode("secret") };
  const options = { protocol: RESP, connections: 2, mix: { PING: 1 } };
  const open = (signal: AbortSignal) => connectSocket(server, signal);
  using stranger = await Load.connect(open, options);
  assertEquals([...(await stranger.run({ count: 10 })).errors.keys()], ["NOAUTH"]);
  using load = await Load.connect(open, { ...options, credentials });
  assertEquals((await load.run({ count: 10 })).errorCount, 0);
}, { password: "secret" });

scenario("load in RESP: long values go and come, many at a time", async (server) => {
  const options = { protocol: RESP, connections: 2, depth: 8, keys: 10, mix: { GET: 1, SET: 1 } };
  using load = await Load.connect((signal) => connectSocket(server, signal), {
    ...options,
    valueSize: [300_000, 3_000_000],
    verify: true,
  });
  await load.fill();
  const { requests, errors } = await load.run({ count: 100 });
  assertEquals([requests, [...errors], load.failure], [100, [], undefined]);
});
