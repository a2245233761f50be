import { AwaitedKeys } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";

const KEY = utf8("k");

function test(name: string, fn: (keys: AwaitedKeys, log: string[]) => void): void {
  Deno.test({
    name: `AwaitedKeys ${name}`,
    permissions: "none",
    fn: () => fn(new AwaitedKeys(), []),
  });
}

test("tell all who wait for a key of a database, once", (keys, log) => {
  keys.add(0, KEY, () => void log.push("a"));
  keys.add(0, KEY, () => void log.push("b"));
  keys.add(1, KEY, () => void log.push("other database"));
  keys.add(0, utf8("other"), () => void log.push("other key"));
  keys.tell(0, KEY);
  keys.tell(0, KEY);
  assertEquals(log, ["a", "b"]);
  assertEquals(keys.size, 2);
});

test("tell nothing to who waits no more", (keys, log) => {
  const [a, b] = [() => void log.push("a"), () => void log.push("b")];
  keys.delete(0, KEY, a);
  keys.add(0, KEY, a);
  keys.add(0, KEY, b);
  keys.delete(0, KEY, a);
  keys.tell(0, KEY);
  assertEquals(log, ["b"]);
  keys.add(0, KEY, a);
  keys.delete(0, KEY, a);
  assertEquals(keys.size, 0);
});

test("take no key of one database for a key of another", (keys, log) => {
  keys.add(1, utf8("1:k"), () => void log.push("1:k"));
  keys.tell(11, KEY);
  keys.tell(1, KEY);
  assertEquals(log, []);
});
