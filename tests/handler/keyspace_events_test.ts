import {
  Channels,
  formatEventFlags,
  KeyspaceEvents,
  notify,
  parseEventFlags,
} from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";
import { Bench } from "./helpers.ts";

const KEY = utf8("foo");

function test(name: string, fn: () => void): void {
  Deno.test({ name: `keyspace events: ${name}`, permissions: "none", fn });
}

/** Events with these flags, and a list of what they publish. */
function listen(flags: string): { events: KeyspaceEvents; log: string[] } {
  const channels = new Channels();
  const log: string[] = [];
  const deliver = ({ channel, payload }: { channel: Uint8Array; payload: Uint8Array }) =>
    void log.push(`${textOf(channel)} ${textOf(payload)}`);
  channels.subscribePattern({ deliver }, utf8("*"));
  const events = new KeyspaceEvents(channels);
  events.flags = parseEventFlags(flags)!;
  return { events, log };
}

test("flags are shown as Redis 7.0 shows them", () => {
  const shown = (letters: string) => formatEventFlags(parseEventFlags(letters)!);
  for (const letters of ["", "K", "A", "gKE", "g$lshzxeKE", "nKE", "AKEm", "g$lshzxetn"]) {
    assertEquals(shown(letters), letters);
  }
  assertEquals(["KEA", "KA", "EA"].map(shown), ["AKE", "AK", "AE"]);
  assertEquals(shown("EKexzhslg$td"), "AKE");
  assertEquals(shown("mnKEg"), "gnKEm");
  assertEquals(shown("AKEn"), "AKE"); // Though it is on.
});

test("an unknown letter makes no flags", () => {
  for (const letters of ["Q", "KEQ", "k", "K E", "toString"]) {
    assertEquals(parseEventFlags(letters), undefined, letters);
  }
});

test("an event goes to the key's channel, then to the event's", () => {
  const { events, log } = listen("KEA");
  events.emit("$", "set", KEY, 9);
  assertEquals(log, ["__keyspace@9__:foo set", "__keyevent@9__:set foo"]);
});

test("K and E choose the channels, and the other letters the events", () => {
  for (
    const [flags, expected] of [
      ["K$", ["__keyspace@0__:foo set"]],
      ["E$", ["__keyevent@0__:set foo"]],
      ["Eg", ["__keyevent@0__:del foo"]],
      ["KE", []],
      ["A", []],
      ["", []],
    ] as const
  ) {
    const { events, log } = listen(flags);
    events.emit("$", "set", KEY, 0);
    events.emit("g", "del", KEY, 0);
    assertEquals(log, [...expected], flags);
  }
});

test("A has no missed keys and no new ones", () => {
  const { events, log } = listen("EA");
  for (const kind of ["m", "n"] as const) events.emit(kind, kind, KEY, 0);
  assertEquals(log, []);
  events.flags = parseEventFlags("Emn")!;
  for (const kind of ["m", "n", "g"] as const) events.emit(kind, kind, KEY, 0);
  assertEquals(log, ["__keyevent@0__:m foo", "__keyevent@0__:n foo"]);
});

test("keys are any bytes", () => {
  const channels = new Channels();
  const got: string[] = [];
  channels.subscribePattern({
    deliver: ({ channel, payload }) => void got.push(channel.toHex(), payload.toHex()),
  }, utf8("*"));
  const events = new KeyspaceEvents(channels);
  events.flags = parseEventFlags("KE$")!;
  events.emit("$", "s", Uint8Array.of(0xff, 0, 0x80), 0);
  const head = (name: string) => utf8(`__${name}@0__:`).toHex();
  assertEquals(got, [`${head("keyspace")}ff0080`, "73", `${head("keyevent")}73`, "ff0080"]);
});

test("a peer's event is one of its database, and none when nobody asked for it", () => {
  const bench = new Bench();
  bench.services.channels.subscribe(bench.peer, utf8("__keyevent@3__:del"), false);
  const peer = { ...bench.peer, database: 3 };
  notify(peer, "g", "del", KEY);
  assertEquals(bench.delivered, []);
  bench.services.events.flags = parseEventFlags("Eg")!;
  notify(peer, "g", "del", KEY);
  assertEquals(bench.delivered.map(([, payload]) => payload), [KEY]);
});
