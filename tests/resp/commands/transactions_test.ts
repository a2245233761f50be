import { findCommand } from "../../../lib/resp/mod.ts";
import { assertEquals } from "@std/assert";
import { raw } from "../helpers.ts";

function parsed(line: string): unknown {
  const args = line.split(" ").map(raw);
  return findCommand(args)!.parse(args);
}

Deno.test("the commands of transactions are parsed", { permissions: "none" }, () => {
  for (const op of ["MULTI", "EXEC", "DISCARD", "UNWATCH"]) assertEquals(parsed(op), { op });
  assertEquals(parsed("watch a b"), { op: "WATCH", keys: [raw("a"), raw("b")] });
});

Deno.test("only WATCH has keys", { permissions: "none" }, () => {
  const keysOf = (name: string) => findCommand([raw(name)])!.keys;
  assertEquals(keysOf("watch"), { first: 1, last: -1, step: 1 });
  for (const name of ["multi", "exec", "discard", "unwatch"]) assertEquals(keysOf(name), undefined);
});
