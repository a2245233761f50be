import { assertEquals } from "@std/assert";
import { count, type Expiry, list, ok, type StoreRequest } from "../../../lib/model/mod.ts";
import { findCommand, respArray, respBulk, respInteger, respMap } from "../../../lib/resp/mod.ts";
import { raw } from "../helpers.ts";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const [K, V] = [raw("k"), raw("v")];

function stored(options: Partial<StoreRequest>): StoreRequest {
  const usual = { expiry: { kind: "never" }, condition: undefined, wantOld: false } as const;
  return { op: "STORE", key: K, value: V, ...usual, ...options };
}

test("SET without options is a plain SET", () => {
  const request = { op: "SET", key: K, value: V, ttl: undefined, version: undefined } as const;
  assertEquals(requestOf("set k v"), request);
});

// What the options mean; the same for GETEX where it takes them.
const TIMES: readonly (readonly [string, (command: string) => Expiry])[] = [
  ["ex 5", (command) => ({ kind: "in", ms: 5_000, command })],
  ["PX 5", (command) => ({ kind: "in", ms: 5, command })],
  ["exAT 5", () => ({ kind: "at", ms: 5_000 })],
  ["pxat 5", () => ({ kind: "at", ms: 5 })],
  ["ex x ex 7", (command) => ({ kind: "in", ms: 7_000, command })],
];

for (const [options, expiryOf] of TIMES) {
  test(`SET and GETEX take ${options}`, () => {
    assertEquals(requestOf(`set k v ${options}`), stored({ expiry: expiryOf("set") }));
    const expiry = expiryOf("getex");
    assertEquals(requestOf(`getex k ${options}`), { op: "GET_EXPIRE", key: K, expiry });
  });
}

test("SET takes NX or XX, GET and KEEPTTL, in any order and more than once", () => {
  const keep = { kind: "keep" } as const;
  assertEquals(requestOf("set k v nx"), stored({ condition: "absent" }));
  assertEquals(requestOf("set k v XX get xx"), stored({ condition: "present", wantOld: true }));
  assertEquals(requestOf("set k v keepttl GET keepttl"), stored({ expiry: keep, wantOld: true }));
});

test("GETEX takes PERSIST, and keeps the expiry without an option", () => {
  const request = { op: "GET_EXPIRE", key: K } as const;
  assertEquals(requestOf("getex k"), { ...request, expiry: { kind: "keep" } });
  assertEquals(requestOf("getex k persist persist"), { ...request, expiry: { kind: "never" } });
});

const NO_OPTIONS = [
  "nope",
  "ex",
  "ex 1 px 1",
  "ex 1 exat 1",
  "keepttl ex 1",
  "ex 1 keepttl",
  "nx xx",
]
  .concat(["xx nx", "persist", "constructor", "__proto__ 1", "ex x nope", "get nope"]);

for (const options of NO_OPTIONS) {
  test(`SET refuses ${options}`, () =>
    assertEquals(refusalOf(`set k v ${options}`), "syntax error"));
}

for (
  const options of [
    "nope",
    "ex",
    "ex 1 px 1",
    "persist ex 1",
    "ex 1 persist",
    "keepttl",
    "nx",
    "get",
  ]
) {
  test(`GETEX refuses ${options}`, () =>
    assertEquals(refusalOf(`getex k ${options}`), "syntax error"));
}

test("a time is an integer over 0 whose milliseconds fit 64 bits", () => {
  const invalid = (name: string) => `invalid expire time in '${name}' command`;
  for (const time of ["ex 0", "px -1", "exat 0", "ex 9223372036854775807", "ex 9223372036854776"]) {
    assertEquals(refusalOf(`set k v ${time}`), invalid("set"));
    assertEquals(refusalOf(`getex k ${time}`), invalid("getex"));
  }
  const far = { kind: "in", ms: 2 ** 63, command: "set" } as const; // The handler knows the clock.
  assertEquals(requestOf("set k v px 9223372036854775807"), stored({ expiry: far }));
  const latest = { kind: "at", ms: 2 ** 63 } as const;
  assertEquals(requestOf("set k v pxat 9223372036854775807"), stored({ expiry: latest }));
  assertEquals(refusalOf("set k v ex 1.5"), "value is not an integer or out of range");
  assertEquals(refusalOf("set k v pxat x"), "value is not an integer or out of range");
});

test("LCS takes its options in any order", () => {
  const usual = { op: "COMMON", key: K, other: V, minPiece: 0, withLengths: false } as const;
  assertEquals(requestOf("lcs k v"), { ...usual, want: "text" });
  assertEquals(requestOf("lcs k v len"), { ...usual, want: "length" });
  assertEquals(requestOf("lcs k v withmatchlen minmatchlen 4 idx"), {
    ...usual,
    want: "pieces",
    minPiece: 4,
    withLengths: true,
  });
});

test("LCS refuses other options, and both LEN and IDX", () => {
  for (const options of ["nope", "minmatchlen", "minmatchlen 1 1"]) {
    assertEquals(refusalOf(`lcs k v ${options}`), "syntax error");
  }
  assertEquals(refusalOf("lcs k v minmatchlen x"), "value is not an integer or out of range");
  const message = "If you want both the length and indexes, please just use IDX.";
  assertEquals(refusalOf("lcs k v len idx"), message);
});

test("LCS replies with a map when places are wanted, otherwise with what was found", () => {
  const reply = findCommand([raw("lcs")])!.reply!;
  const span = list([count(2), count(3)]);
  const response = list([list([list([span, span])]), count(2)]);
  const shown = respArray([respInteger(2), respInteger(3)]);
  assertEquals(
    reply(response, requestOf("lcs k v idx")),
    respMap([
      [respBulk("matches"), respArray([respArray([shown, shown])])],
      [respBulk("len"), respInteger(2)],
    ]),
  );
  assertEquals(reply(ok(V), requestOf("lcs k v")), ok(V));
  assertEquals(reply(count(1), requestOf("lcs k v len")), count(1));
});
