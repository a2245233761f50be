import { assertEquals, assertThrows } from "@std/assert";
import { formatMix, LOAD_OPTIONS, planOf, protocolsOf } from "../../lib/cli/load_options.ts";
import { UsageError } from "../../lib/cli/error.ts";
import { parseWords } from "../../lib/cli/options.ts";
import { CAFE, RESP } from "../../lib/load/mod.ts";

const PURE = { permissions: "none" } as const;

function parse(...words: string[]) {
  return parseWords(words, LOAD_OPTIONS).options;
}

Deno.test("--connect takes several servers, with names and without", PURE, () => {
  const { connect } = parse("--connect", "a=127.0.0.1:1,[::1]:2,c=unix:/tmp/x,d=tls:h:3");
  assertEquals(connect, [
    { name: "a", address: { hostname: "127.0.0.1", port: 1 } },
    { name: undefined, address: { hostname: "::1", port: 2 } },
    { name: "c", address: { path: "/tmp/x" } },
    { name: "d", address: { hostname: "h", port: 3, tls: true } },
  ]);
});

Deno.test(
  "--value-size takes a size and a range, --rate a number with and without /s",
  PURE,
  () => {
    assertEquals(parse("--value-size", "1KiB").valueSize, [1_024, 1_024]);
    assertEquals(parse("--value-size", "16-4KiB").valueSize, [16, 4_096]);
    assertEquals(parse("--rate", "5000/s").rate, 5_000);
    assertEquals(parse("--rate", "5000").rate, 5_000);
  },
);

Deno.test("--mix takes shares, and is told as it is given", PURE, () => {
  const mix = parse("--mix", "set=1,get=2.5,del=0,ping=3").mix!;
  assertEquals(mix, { SET: 1, GET: 2.5, DELETE: 0, PING: 3 });
  assertEquals(formatMix(mix), "get=2.5,set=1,ping=3");
});

Deno.test("one server is measured in one round for 10 s, several in 15", PURE, () => {
  assertEquals([planOf({}, 1).rounds, planOf({}, 2).rounds], [1, 15]);
  assertEquals([planOf({}, 1).duration, planOf({ count: 5 }, 1).duration], [10_000, undefined]);
});

Deno.test("one protocol is for all servers, several are one for each", PURE, () => {
  assertEquals(protocolsOf(undefined, 2), [CAFE, CAFE]);
  assertEquals(protocolsOf([RESP], 2), [RESP, RESP]);
  assertEquals(protocolsOf([CAFE, RESP], 2), [CAFE, RESP]);
  assertThrows(() => protocolsOf([CAFE, RESP], 3), UsageError, "2 protocols with 3 servers");
});

const WRONG: Record<string, [words: string[], message: string]> = {
  "two servers of one name": [["--connect", "a=h:1,a=h:2"], 'two servers are "a"'],
  "two servers of one address": [["--connect", "h:1,h:1"], 'two servers are "h:1"'],
  "an unknown protocol": [["--protocol", "http"], '"http" is no protocol: give one of cafe, resp'],
  "an unknown request": [["--mix", "get=1,append=1"], '"append=1" is no share'],
  "a request twice": [["--mix", "get=1,get=2"], '"get=2" is no share'],
  "a mix of nothing": [["--mix", "get=0"], "no share is above 0"],
  "a rate of 0": [["--rate", "0/s"], "it must be 1/s at least"],
  "a skew below 0": [["--skew", "-1"], '"-1" is no number from 0'],
  "a range without an end": [["--value-size", "1-"], '"" is not a size'],
};

for (const [what, [words, message]] of Object.entries(WRONG)) {
  Deno.test(`load refuses ${what}`, PURE, () => {
    assertThrows(() => parse(...words), UsageError, message);
  });
}

Deno.test("load refuses a duration and a count together, and rounds of nothing", PURE, () => {
  assertThrows(() => planOf({ duration: 1, count: 1 }, 1), UsageError, "give one of them");
  assertThrows(() => planOf({ rounds: 0 }, 1), UsageError, "Option --rounds: 0 is too little");
  assertThrows(() => planOf({ count: 0 }, 1), UsageError, "Option --count: 0 is too little");
});
