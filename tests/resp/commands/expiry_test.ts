import { miss, ok } from "../../../lib/model/mod.ts";
import { findCommand, respInteger } from "../../../lib/resp/mod.ts";
import { assertEquals } from "@std/assert";
import { raw } from "../helpers.ts";
import { refusalOf, requestOf } from "./calls.ts";

const KEY = raw("k");
/** Each command that sets an expiry: how many milliseconds its unit has, and whether it counts from now. */
const SETTERS = [
  ["expire", 1_000, true],
  ["pexpire", 1, true],
  ["expireat", 1_000, false],
  ["pexpireat", 1, false],
] as const;

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

for (const [name, unit, fromNow] of SETTERS) {
  test(`${name} takes a time in its unit, also one that has passed`, () => {
    for (const time of [5, 0, -5]) {
      const ms = time * unit;
      const request = { op: "EXPIRE", key: KEY, ms, fromNow, conditions: [], command: name };
      assertEquals(requestOf(`${name} k ${time}`) as unknown, request);
    }
  });

  test(`${name} takes conditions behind the time`, () => {
    const conditionsOf = (line: string) => {
      const request = requestOf(`${name} k 5 ${line}`);
      return request.op === "EXPIRE" && request.conditions;
    };
    assertEquals(conditionsOf("nx"), ["nx"]);
    assertEquals(conditionsOf("XX gt"), ["xx", "gt"]);
    assertEquals(conditionsOf("Lt xX lt"), ["lt", "xx", "lt"]);
  });

  test(`${name} refuses conditions that are unknown or cannot both hold, before the time`, () => {
    assertEquals(refusalOf(`${name} k x ab`), "Unsupported option ab");
    assertEquals(refusalOf(`${name} k x nx gt AB`), "Unsupported option AB");
    assertEquals(refusalOf(`${name} k x "A\\x00B"`), "Unsupported option A");
    for (const second of ["xx", "gt", "lt"]) {
      const message = "NX and XX, GT or LT options at the same time are not compatible";
      assertEquals(refusalOf(`${name} k x ${second} nx`), message);
    }
    const message = "GT and LT options at the same time are not compatible";
    assertEquals(refusalOf(`${name} k x lt gt`), message);
  });

  test(`${name} refuses what is no 64-bit integer`, () => {
    for (const time of ["x", '""', "1.5", "9223372036854775808", "-9223372036854775809"]) {
      assertEquals(refusalOf(`${name} k ${time}`), "value is not an integer or out of range");
    }
  });

  test(`${name} refuses a time that overflows in its unit; the clock is not its matter`, () => {
    const invalid = `invalid expire time in '${name}' command`;
    const most = "9223372036854775807";
    const refusal = unit === 1 ? "it is EXPIRE" : invalid;
    assertEquals(refusalOf(`${name} k ${most}`), refusal);
    assertEquals(refusalOf(`${name} k -${most}`), refusal);
    const fits = unit === 1 ? most : "9223372036854775";
    assertEquals(refusalOf(`${name} k ${fits}`), "it is EXPIRE");
  });
}

test("commands that tell an expiry are parsed", () => {
  for (
    const [name, unit, fromNow] of [
      ["ttl", 1_000, true],
      ["pttl", 1, true],
      ["expiretime", 1_000, false],
      ["pexpiretime", 1, false],
    ] as const
  ) {
    assertEquals(requestOf(`${name} k`), { op: "EXPIRY", key: KEY, fromNow, unit });
  }
});

test("PERSIST is parsed; it and the setters reply with flags", () => {
  assertEquals(requestOf("persist k"), { op: "PERSIST", key: KEY });
  for (const name of ["persist", ...SETTERS.map(([name]) => name)]) {
    const reply = findCommand([raw(name)])!.reply!;
    const request = requestOf("persist k");
    assertEquals([reply(ok(), request), reply(miss(), request)], [respInteger(1), respInteger(0)]);
  }
});
