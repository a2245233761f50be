import { count, miss, ok, text } from "../../../lib/model/mod.ts";
import { findCommand, respInteger, respSimple } from "../../../lib/resp/mod.ts";
import { assertEquals } from "@std/assert";
import { raw } from "../helpers.ts";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const [A, B] = [raw("a"), raw("b")];

test("commands of many keys take all their arguments as keys", () => {
  for (
    const [name, op] of [
      ["del", "DELETE_MANY"],
      ["unlink", "DELETE_MANY"],
      ["exists", "EXISTS"],
      ["touch", "TOUCH_MANY"],
    ] as const
  ) {
    assertEquals(requestOf(`${name} a b`), { op, keys: [A, B] });
    assertEquals(refusalOf(name), `wrong number of arguments for '${name}' command`);
  }
});

test("TYPE, RANDOMKEY and RENAME are parsed", () => {
  assertEquals(requestOf("type a"), { op: "TYPE", key: A });
  assertEquals(requestOf("randomkey"), { op: "RANDOM_KEY" });
  const renamed = { op: "RENAME", key: A, newKey: B } as const;
  assertEquals(requestOf("rename a b"), { ...renamed, ifAbsent: false });
  assertEquals(requestOf("renamenx a b"), { ...renamed, ifAbsent: true });
});

test("COPY takes its options in any order and case, the last database of several", () => {
  const copied = { op: "COPY", key: A, newKey: B } as const;
  assertEquals(requestOf("copy a b"), { ...copied, database: undefined, replace: false });
  assertEquals(requestOf("copy a b RePlace db 2"), { ...copied, database: 2, replace: true });
  assertEquals(requestOf("copy a b db 1 db 2"), { ...copied, database: 2, replace: false });
});

test("COPY and MOVE refuse other options, and databases that are no 32-bit integers", () => {
  for (const options of ["nope", "db", "replace nope"]) {
    assertEquals(refusalOf(`copy a b ${options}`), "syntax error");
  }
  for (const command of ["copy a b db", "move a"]) {
    assertEquals(refusalOf(`${command} x`), "value is not an integer or out of range");
    const range = "value is out of range, value must between -2147483648 and 2147483647";
    assertEquals(refusalOf(`${command} 2147483648`), range);
    assertEquals(refusalOf(`${command} -2147483649`), range);
  }
  assertEquals(requestOf("move a 15"), { op: "MOVE", key: A, database: 15 });
});

test("COPY and MOVE refuse databases that there are not, in the order of the options", () => {
  for (
    const command of ["copy a b db 16", "copy a b db -1 nope", "copy a b db 16 db x", "move a 16"]
  ) {
    assertEquals(refusalOf(command), "DB index is out of range");
  }
  assertEquals(refusalOf("copy a b nope db 16"), "syntax error");
});

test("the replies of TYPE are simple strings, those of RENAMENX, COPY and MOVE flags", () => {
  const replyOf = (name: string) => findCommand([raw(name)])!.reply!;
  const request = requestOf("randomkey");
  assertEquals(replyOf("type")(text("none"), request), respSimple("none"));
  assertEquals(replyOf("type")(count(1), request), count(1));
  for (const name of ["renamenx", "copy", "move"]) {
    assertEquals(replyOf(name)(ok(), request), respInteger(1));
    assertEquals(replyOf(name)(miss(), request), respInteger(0));
  }
});
