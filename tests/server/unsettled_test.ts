/** Replies that wait for the journal, and messages of channels that come meanwhile. */

import { assertEquals } from "@std/assert";
import { settle } from "../codec/helpers.ts";
import { KeepServer } from "./resp/keepers.ts";

Deno.test({
  name: "a reply that waits for a sync is not sent with a message that comes meanwhile",
  permissions: "none",
  async fn() {
    const server = await KeepServer.open({ fsync: "always" });
    const [subscriber, publisher] = [server.connect(), server.connect()];
    await subscriber.say("HELLO 3", "SUBSCRIBE news");
    const taken = Promise.withResolvers<void>();
    subscriber.socket.gate = taken.promise; // The message is being written...
    await publisher.say("PUBLISH news one");
    const release = server.hold(); // ...while the reply to this waits for its sync.
    const said = subscriber.say("SET k v");
    taken.resolve();
    subscriber.socket.gate = undefined;
    await settle();
    await publisher.say("PUBLISH news two");
    await settle();
    const early = await said;
    assertEquals(early.includes("+OK"), false);
    release();
    await settle();
    const late = await subscriber.say("PING");
    assertEquals(late.indexOf("+OK") < late.indexOf("+PONG") && late.includes("+OK"), true, late);
  },
});
