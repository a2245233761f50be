import { Channels, type Subscriber } from "../../lib/handler/mod.ts";
import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { hex, textOf, utf8 } from "../codec/helpers.ts";

const NEWS = utf8("news");

/** A subscriber that notes what it gets, and may do something more. */
function reader(log: string[], name: string, then: () => void = () => {}): Subscriber {
  return {
    deliver({ channel, payload, checksum }) {
      log.push(`${name} ${textOf(channel)}: ${textOf(payload)}${checksum ? " (checksum)" : ""}`);
      then();
    },
  };
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Channels ${name}`, permissions: "none", fn });
}

test("give a message to each subscriber of the channel, in the order of subscription", () => {
  const channels = new Channels();
  const log: string[] = [];
  channels.subscribe(reader(log, "a"), NEWS, false);
  channels.subscribe(reader(log, "b"), NEWS, true);
  channels.subscribe(reader(log, "c"), utf8("other"), false);
  assertEquals(channels.publish(NEWS, utf8("hi")), 2);
  assertEquals(log, ["a news: hi", "b news: hi (checksum)"]);
});

test("count a publish without subscribers as 0", () => {
  assertEquals(new Channels().publish(NEWS, NEWS), 0);
});

test("give a message once to who subscribed twice, with the checksum of the last time", () => {
  const channels = new Channels();
  const log: string[] = [];
  const a = reader(log, "a");
  channels.subscribe(a, NEWS, false);
  channels.subscribe(a, NEWS, true);
  assertEquals([channels.countOf(a), channels.publish(NEWS, NEWS)], [1, 1]);
  assertEquals(log, ["a news: news (checksum)"]);
});

test("tell channels apart by bytes, not by text", () => {
  const channels = new Channels();
  const a = reader([], "a");
  for (const name of ["ff", "fe", "", "00", "efbfbd"]) channels.subscribe(a, hex(name), false);
  assertEquals([channels.size, channels.countOf(a)], [5, 5]);
  assertEquals(channels.has(a, hex("fd")), false);
  assertEquals(channels.publish(hex("fd"), NEWS), 0);
});

test("forget who unsubscribes, and a channel without subscribers", () => {
  const channels = new Channels();
  const a = reader([], "a");
  channels.unsubscribe(a, NEWS);
  channels.subscribe(a, NEWS, false);
  channels.subscribe(a, utf8("other"), false);
  channels.unsubscribe(a, NEWS);
  channels.unsubscribe(a, NEWS);
  assertEquals([channels.size, channels.countOf(a), channels.has(a, NEWS)], [1, 1, false]);
  channels.unsubscribeAll(a);
  channels.unsubscribeAll(a);
  assertEquals([channels.size, channels.countOf(a)], [0, 0]);
});

test("go on when a subscriber leaves as it gets the message", () => {
  const channels = new Channels();
  const log: string[] = [];
  const a: Subscriber = reader(log, "a", () => channels.unsubscribeAll(a));
  const b = reader(log, "b");
  channels.subscribe(a, NEWS, false);
  channels.subscribe(b, NEWS, false);
  assertEquals(channels.publish(NEWS, utf8("1")), 2);
  assertEquals(channels.publish(NEWS, utf8("2")), 1);
  assertEquals(log, ["a news: 1", "b news: 1", "b news: 2"]);
});

test("give nothing more to a subscriber that another one's delivery removed", () => {
  const channels = new Channels();
  const log: string[] = [];
  const b = reader(log, "b");
  channels.subscribe(reader(log, "a", () => channels.unsubscribeAll(b)), NEWS, false);
  channels.subscribe(b, NEWS, false);
  channels.publish(NEWS, utf8("1"));
  assertEquals(log, ["a news: 1"]);
});

test("copy a message once, for all", () => {
  const channels = new Channels();
  const got: Uint8Array[] = [];
  const keep = (): Subscriber => ({ deliver: ({ payload }) => void got.push(payload) });
  channels.subscribe(keep(), NEWS, false);
  channels.subscribe(keep(), NEWS, false);
  const message = utf8("hi");
  channels.publish(NEWS, message);
  message.fill(0);
  assertEquals(textOf(got[0]!), "hi");
  assertStrictEquals(got[0], got[1]);
  assertNotEquals(got[0], message);
});

/** A subscriber that notes what it gets, with the pattern that it came by. */
function patternReader(log: string[], name: string): Subscriber {
  return {
    deliver({ channel, payload, pattern }) {
      const by = pattern === undefined ? "" : ` by ${textOf(pattern)}`;
      log.push(`${name} ${textOf(channel)}: ${textOf(payload)}${by}`);
    },
  };
}

test("give a message to the channel's subscribers first, then to those of each pattern", () => {
  const channels = new Channels();
  const log: string[] = [];
  const [a, b] = [patternReader(log, "a"), patternReader(log, "b")];
  channels.subscribePattern(a, utf8("n*"));
  channels.subscribePattern(b, utf8("?ews"));
  channels.subscribePattern(b, utf8("n*"));
  channels.subscribePattern(b, utf8("x*"));
  channels.subscribe(b, NEWS, false);
  assertEquals(channels.publish(NEWS, utf8("hi")), 4);
  assertEquals(log, [
    "b news: hi",
    "a news: hi by n*",
    "b news: hi by n*",
    "b news: hi by ?ews",
  ]);
});

test("count channels and patterns apart, and together", () => {
  const channels = new Channels();
  const [a, b] = [reader([], "a"), reader([], "b")];
  channels.subscribe(a, NEWS, false);
  for (const pattern of ["n*", "m*", "n*"]) channels.subscribePattern(a, utf8(pattern));
  channels.subscribePattern(b, utf8("n*"));
  assertEquals([channels.size, channels.patternCount, channels.subscribersOf(NEWS)], [1, 2, 1]);
  assertEquals([channels.channelCountOf(a), channels.patternCountOf(a)], [1, 2]);
  assertEquals([channels.countOf(a), channels.countOf(b)], [3, 1]);
  assertEquals([channels.hasPattern(b, utf8("n*")), channels.hasPattern(b, NEWS)], [true, false]);
  assertEquals(channels.has(b, utf8("n*")), false);
});

test("forget who leaves a pattern, or all channels and patterns", () => {
  const channels = new Channels();
  const log: string[] = [];
  const a = patternReader(log, "a");
  channels.subscribe(a, NEWS, false);
  channels.subscribePattern(a, utf8("n*"));
  channels.subscribePattern(a, utf8("ne*"));
  channels.unsubscribePattern(a, NEWS);
  channels.unsubscribePattern(a, utf8("n*"));
  channels.unsubscribePattern(a, utf8("n*"));
  assertEquals(channels.publish(NEWS, utf8("1")), 2);
  assertEquals(log, ["a news: 1", "a news: 1 by ne*"]);
  channels.unsubscribeAll(a);
  assertEquals(channels.publish(NEWS, utf8("2")), 0);
  assertEquals([channels.size, channels.patternCount, channels.countOf(a)], [0, 0, 0]);
});

test("tell the names of what is subscribed to", () => {
  const channels = new Channels();
  const a = reader([], "a");
  const texts = (names: Uint8Array[]) => names.map(textOf);
  channels.subscribe(a, utf8("b"), false);
  channels.subscribe(reader([], "b"), NEWS, false);
  channels.subscribe(a, NEWS, false);
  channels.subscribePattern(a, utf8("x*"));
  assertEquals(texts(channels.names()), ["b", "news"]);
  assertEquals(texts(channels.names(utf8("n*"))), ["news"]);
  assertEquals(texts(channels.channelsOf(a)), ["b", "news"]);
  assertEquals(texts(channels.patternsOf(a)), ["x*"]);
});

test("keep names of their own", () => {
  const channels = new Channels();
  const name = utf8("news");
  const a = reader([], "a");
  channels.subscribe(a, name, false);
  channels.subscribePattern(a, name);
  name.fill(0);
  assertEquals(channels.names().map(textOf), ["news"]);
  assertEquals(channels.publish(NEWS, NEWS), 2);
});
