import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { bytesOf } from "../cafe/dump.ts";
import { GOLDEN_REQUESTS } from "../cafe/golden.ts";
import { framesOf, inspect, PURE, utf8 } from "./helpers.ts";

Deno.test("requests of RESP have the request of CAFE beside them that does the same", PURE, () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["GET k", "GET k"],
    ["SET k v", "SET k v"],
    ["SET k v PX 500", "SET k v, TTL 500"],
    ["SET k v NX", "SET k v, VERSION 0"],
    ["SET k v XX", undefined],
    ["DEL k", "DELETE k"],
    ["DEL k l", undefined],
    ["PEXPIRE k 100", undefined],
    ["SUBSCRIBE c", undefined],
    ["INCR n", "INCR n 1"],
    ["APPEND k x", "APPEND k x"],
    ["PING", undefined],
    ["PUBLISH c m", "PUBLISH c m"],
    ["SETRANGE k 1 x", undefined],
    ["NONE", undefined],
  ];
  for (const [line, equals] of cases) {
    const [frame] = framesOf(inspect(utf8(`${line}\r\n`)));
    assertEquals(frame!.equals, equals, line);
  }
});

Deno.test("requests of CAFE have the command of Redis beside them that does the same", PURE, () => {
  const frames = framesOf(inspect(concat(GOLDEN_REQUESTS.map(({ dump }) => bytesOf(dump)))));
  const found = new Map(frames.map(({ equals }, at) => [GOLDEN_REQUESTS[at]!.name, equals]));
  assertEquals(found.get("get"), "GET foo");
  assertEquals(found.get("set"), "SET foo bar");
  assertEquals(found.get("set-ttl"), "SET foo bar PX 60000");
});
