import { Connection, newServices, serverLimits } from "../../lib/server/mod.ts";
import { nextTurn } from "../../lib/server/turn.ts";
import { assertEquals, assertLess } from "@std/assert";
import { concat } from "@std/bytes";
import { FakeSocket } from "./fake_socket.ts";
import { frame, PING } from "./frames.ts";

const PING_FRAME = frame({ opcode: PING });

Deno.test({
  name: "nextTurn resolves behind what the event loop has to do, and not only behind promises",
  permissions: "none",
  async fn() {
    const order: string[] = [];
    setImmediate(() => order.push("event loop"));
    await nextTurn();
    assertEquals(order, ["event loop"]);
  },
});

/** Serves many requests of one connection; how many are carried out when the event loop turns first. */
async function countedAtFirstTurn(parts: readonly Uint8Array[], maxBatch: number): Promise<number> {
  const services = newServices();
  const busy = new FakeSocket();
  const run = new Connection(busy, services, serverLimits({ maxBatch })).run();
  let counted: number | undefined;
  setImmediate(() => counted = services.counters.requests);
  busy.give(...parts, null);
  await run;
  return counted ?? Infinity;
}

// The reads and writes of these sockets never wait for the event loop, as those of a quick peer.
for (const quiet of [false, true]) {
  Deno.test({
    name: `100,000 ${
      quiet ? "quiet " : ""
    }requests of one connection let others in after each batch`,
    permissions: "none",
    async fn() {
      // GET of a missing key with QUIET is not answered: there is no write to wait for.
      const request = quiet ? frame({ opcode: 1, flags: 0x0100, key: "k" }) : PING_FRAME;
      const part = concat(Array.from({ length: 1_000 }, () => request));
      const counted = await countedAtFirstTurn(Array.from({ length: 100 }, () => part), 500);
      assertLess(counted, 2_001);
    },
  });
}

Deno.test({
  name: "a PING of another connection is answered between the batches of a busy one",
  permissions: "none",
  async fn() {
    const services = newServices();
    const limits = serverLimits({ maxBatch: 100 });
    const [busy, other] = [new FakeSocket(), new FakeSocket()];
    const runs = [busy, other].map((socket) => new Connection(socket, services, limits).run());
    const part = concat(Array.from({ length: 1_000 }, () => PING_FRAME));
    busy.give(...Array.from({ length: 100 }, () => part), null);
    setImmediate(() => other.give(PING_FRAME, null)); // As the event loop brings it.
    await runs[1];
    assertEquals(other.words, ["OK"]);
    assertLess(services.counters.requests, 5_000);
    await runs[0];
    assertEquals(busy.words.length, 100_000);
  },
});
