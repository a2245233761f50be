import { assertEquals } from "@std/assert";
import {
  count,
  error,
  goAway,
  integer,
  keys,
  miss,
  ok,
  push,
  type Response,
  text,
} from "../../lib/model/mod.ts";

const PURE = { permissions: "none" } as const;
const BYTES = Uint8Array.of(1, 2);

Deno.test("responses have no id and no checksum until the session adds them", PURE, () => {
  const all: Response[] = [
    ok(),
    integer(1n),
    count(1),
    text("a"),
    keys([], 0),
    miss(),
    error("INTERNAL", "a"),
    push(BYTES, BYTES, false),
    goAway(),
  ];
  for (const { id, checksum, type } of all) assertEquals([id, checksum], [undefined, false], type);
});

Deno.test("responses are new objects each time: one may be given an id", PURE, () => {
  for (const make of [ok, miss, goAway]) {
    make().id = 7;
    assertEquals(make().id, undefined);
  }
});

Deno.test("ok keeps the bytes that it is given, with what is known of the entry", PURE, () => {
  const { value, ttl, version } = ok(BYTES, 5, 6);
  assertEquals([value === BYTES, ttl, version], [true, 5, 6]);
  assertEquals(ok().value.length, 0);
});

Deno.test("push carries a checksum when its subscription does", PURE, () => {
  assertEquals(push(BYTES, BYTES, true).checksum, true);
});
