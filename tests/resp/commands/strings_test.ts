import { assertEquals } from "@std/assert";
import { miss, ok } from "../../../lib/model/mod.ts";
import { findCommand, respInteger } from "../../../lib/resp/mod.ts";
import { raw } from "../helpers.ts";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const [K, V] = [raw("k"), raw("v")];
const STORED = { op: "STORE", key: K, value: V, condition: undefined, wantOld: false } as const;
const NEVER = { kind: "never" } as const;

test("SETNX, SETEX, PSETEX and GETSET are forms of STORE", () => {
  const absent = { ...STORED, expiry: NEVER, condition: "absent" } as const;
  assertEquals(requestOf("setnx k v"), absent);
  assertEquals(requestOf("setex k 5 v"), {
    ...STORED,
    expiry: { kind: "in", ms: 5_000, command: "setex" },
  });
  assertEquals(requestOf("psetex k 5 v"), {
    ...STORED,
    expiry: { kind: "in", ms: 5, command: "psetex" },
  });
  assertEquals(requestOf("getset k v"), { ...STORED, expiry: NEVER, wantOld: true });
  assertEquals(refusalOf("setex k 0 v"), "invalid expire time in 'setex' command");
  assertEquals(refusalOf("psetex k -1 v"), "invalid expire time in 'psetex' command");
  assertEquals(refusalOf("setex k x v"), "value is not an integer or out of range");
});

test("INCR, INCRBY, DECR and DECRBY are forms of INCR", () => {
  const added = (delta: number | bigint) => ({ op: "INCR", key: K, delta }) as const;
  assertEquals(requestOf("incr k"), added(1));
  assertEquals(requestOf("decr k"), added(-1));
  assertEquals(requestOf("incrby k -9223372036854775808"), added(-(2n ** 63n)));
  assertEquals(requestOf("decrby k 9223372036854775807"), added(1n - 2n ** 63n));
  assertEquals(refusalOf("decrby k -9223372036854775808"), "decrement would overflow");
  for (const amount of ["x", "1.0", "9223372036854775808", "01"]) {
    assertEquals(refusalOf(`incrby k ${amount}`), "value is not an integer or out of range");
    assertEquals(refusalOf(`decrby k ${amount}`), "value is not an integer or out of range");
  }
});

test("INCRBYFLOAT takes what C takes for a long double", () => {
  const delta = { mantissa: 3n, exponent: 1 };
  assertEquals(requestOf("incrbyfloat k 0x3p1"), { op: "INCR_FLOAT", key: K, delta });
  assertEquals(refusalOf("incrbyfloat k 1x"), "value is not a valid float");
});

test("GETDEL, APPEND and STRLEN take a key", () => {
  assertEquals(requestOf("getdel k"), { op: "TAKE", key: K });
  assertEquals(requestOf("append k v"), { op: "APPEND", key: K, value: V });
  assertEquals(requestOf("strlen k"), { op: "LENGTH", key: K });
});

test("GETRANGE and SUBSTR take places from both ends, SETRANGE one from the beginning", () => {
  const part = { op: "GET_RANGE", key: K, start: 1, end: -2 } as const;
  assertEquals(requestOf("getrange k 1 -2"), part);
  assertEquals(requestOf("substr k 1 -2"), part);
  assertEquals(refusalOf("getrange k x 1"), "value is not an integer or out of range");
  assertEquals(refusalOf("substr k 1 x"), "value is not an integer or out of range");
  assertEquals(requestOf("setrange k 7 v"), { op: "SET_RANGE", key: K, offset: 7, value: V });
  assertEquals(refusalOf("setrange k -1 v"), "offset is out of range");
  assertEquals(refusalOf("setrange k x v"), "value is not an integer or out of range");
});

test("MSET and MSETNX take keys and values by turns", () => {
  const stored = { op: "SET_MANY", keys: [K, V], values: [V, K] } as const;
  assertEquals(requestOf("mset k v v k"), { ...stored, ifAllAbsent: false });
  assertEquals(requestOf("msetnx k v v k"), { ...stored, ifAllAbsent: true });
  for (const name of ["mset", "MSETNX"]) {
    const message = `wrong number of arguments for '${name.toLowerCase()}' command`;
    assertEquals(refusalOf(`${name} k v k`), message);
  }
});

test("the replies of SETNX and MSETNX are flags", () => {
  for (const name of ["setnx", "msetnx"]) {
    const reply = findCommand([raw(name)])!.reply!;
    const request = requestOf(`${name} k v`);
    assertEquals(
      [ok(), miss()].map((response) => reply(response, request)),
      [1, 0].map(respInteger),
    );
  }
});
