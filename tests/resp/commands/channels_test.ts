import { CommandError } from "../../../lib/model/mod.ts";
import { findCommand } from "../../../lib/resp/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { raw } from "../helpers.ts";

function parsed(line: string): unknown {
  const args = line.split(" ").map(raw);
  return findCommand(args)!.parse(args);
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("the commands of channels are parsed", () => {
  const names = [raw("a"), raw("b")];
  assertEquals(parsed("SUBSCRIBE a b"), { op: "SUBSCRIBE_TO", kind: "channel", names });
  assertEquals(parsed("PSUBSCRIBE a b"), { op: "SUBSCRIBE_TO", kind: "pattern", names });
  assertEquals(parsed("UNSUBSCRIBE a b"), { op: "UNSUBSCRIBE_FROM", kind: "channel", names });
  assertEquals(parsed("PUNSUBSCRIBE"), { op: "UNSUBSCRIBE_FROM", kind: "pattern", names: [] });
  assertEquals(parsed("PUBLISH a b"), { op: "PUBLISH", channel: raw("a"), message: raw("b") });
});

test("the subcommands of PUBSUB are parsed", () => {
  assertEquals(parsed("PUBSUB CHANNELS"), { op: "PUBSUB_CHANNELS", pattern: undefined });
  assertEquals(parsed("pubsub channels a*"), { op: "PUBSUB_CHANNELS", pattern: raw("a*") });
  assertEquals(parsed("PUBSUB NUMSUB a"), { op: "PUBSUB_NUMSUB", channels: [raw("a")] });
  assertEquals(parsed("PUBSUB NUMPAT"), { op: "PUBSUB_NUMPAT" });
});

test("PUBSUB CHANNELS takes one pattern at the most", () => {
  assertThrows(
    () => parsed("PUBSUB channelS a b"),
    CommandError,
    "unknown subcommand or wrong number of arguments for 'channelS'. Try PUBSUB HELP.",
  );
});
