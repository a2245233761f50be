import { type CafeResponse, CafeResponseEncoder } from "../../lib/cafe/mod.ts";
import { encodeAll } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { CafeScanner } from "../../lib/load/cafe.ts";
import { REPLY } from "../../lib/load/mod.ts";
import { error, integer, miss, ok } from "../../lib/model/mod.ts";
import { assertRefuses, PURE, utf8 } from "./scanning.ts";

const VALUE = utf8("a value, \xca\xfe and more of it");
const LONG = new Uint8Array(600).fill(0xca);
const RESPONSES: readonly CafeResponse[] = [
  ok(),
  { ...ok(), value: VALUE },
  miss(),
  { ...ok(), value: LONG, ttl: 5, version: 6, id: 7, checksum: true },
  error("TOO_LARGE", "the value is too long"),
  integer(5n),
];
const INPUT = encodeAll(new CafeResponseEncoder(), RESPONSES);
const ERROR = { code: "TOO_LARGE", message: "the value is too long" };

Deno.test("CafeScanner finds the same replies wherever frames are cut", PURE, () => {
  const messages = [REPLY.DONE, REPLY.DONE, REPLY.MISS, REPLY.DONE, ERROR, REPLY.DONE];
  verifyDecoder({ decoder: () => new CafeScanner(false), input: INPUT, messages });
});

Deno.test("CafeScanner gives the values of an OK when they are wanted", PURE, () => {
  const empty = new Uint8Array(0);
  const five = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 5);
  const messages = [empty, VALUE, REPLY.MISS, LONG, ERROR, five];
  verifyDecoder({ decoder: () => new CafeScanner(true), input: INPUT, messages });
});

const MISS = Uint8Array.fromHex("cafe01820000000000000000");

const WRONG: Record<string, [hex: string, code: string]> = {
  "another magic": ["cabe01800000000000000000", "CORRUPT"],
  "another version": ["cafe02800000000000000000", "CORRUPT"],
  "a reserved flag": ["cafe01800400000000000000", "CORRUPT"],
  "a request": ["cafe01010000000000000000", "UNEXPECTED"],
  "GOAWAY": ["cafe01840000000000000000", "UNEXPECTED"],
  "an error of 2 MiB": ["cafe01810000000000200000", "TOO_LARGE"],
};

for (const [what, [hex, code]] of Object.entries(WRONG)) {
  Deno.test(`CafeScanner refuses ${what}, at its offset`, PURE, () => {
    assertRefuses(new CafeScanner(false), MISS, Uint8Array.fromHex(hex), code);
  });
}
