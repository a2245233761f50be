import { assertEquals } from "@std/assert";
import {
  count,
  error,
  goAway,
  integer,
  keys,
  list,
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
    list([]),
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
});

Deno.test("ok without a value has none, which is not an empty one", PURE, () => {
  assertEquals(ok(new Uint8Array(0)).value?.length, 0);
  assertEquals(ok().value, undefined);
});

Deno.test("list keeps its items, in order and in each other", PURE, () => {
  const items = [ok(BYTES), miss(), list([integer(1)])];
  const { type, items: kept } = list(items);
  assertEquals([type, kept === items], ["LIST", true]);
});

Deno.test("push carries a checksum when its subscription does", PURE, () => {
  assertEquals(push(BYTES, BYTES, true).checksum, true);
});
