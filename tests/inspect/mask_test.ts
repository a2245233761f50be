import { BatchDecoder } from "../../lib/codec/mod.ts";
import { Exchange } from "../../lib/inspect/exchange.ts";
import { type Direction, type Item, Mask, type Protocol, TextView } from "../../lib/inspect/mod.ts";
import { InspectedStream } from "../../lib/inspect/stream.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PURE } from "./helpers.ts";

const PASSWORD = "hunter22";
const HEX = new TextEncoder().encode(PASSWORD).toHex();

/** A part of a conversation. */
type Said = readonly [Direction, Uint8Array | string];

function bytesOf(text: Uint8Array | string): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

/** The lines of a masked conversation whose parts come in pieces of a size. */
function shown(
  protocol: Protocol,
  parts: readonly Said[],
  piece = Infinity,
  maxHeld = 4_096,
): string {
  const exchange = new Exchange();
  const view = new TextView();
  const lines: string[] = [];
  const newSide = (direction: Direction) => {
    const stream = new InspectedStream(exchange, { protocol, direction, maxHeld });
    return { decoder: new BatchDecoder(stream), mask: new Mask() };
  };
  const sides = { request: newSide("request"), response: newSide("response") };
  const tell = ({ mask }: { readonly mask: Mask }, found: (readonly Item[])[]) => {
    for (const item of found.flat()) {
      lines.push(...view.lines({ item: mask.apply(item), connection: undefined, time: undefined }));
    }
  };
  for (const [direction, said] of parts) {
    const bytes = bytesOf(said);
    for (let at = 0; at < bytes.length; at += Math.min(piece, bytes.length)) {
      const found: (readonly Item[])[] = [];
      sides[direction].decoder.push(bytes.slice(at, at + piece), found);
      tell(sides[direction], found);
    }
  }
  for (const side of Object.values(sides)) {
    const found: (readonly Item[])[] = [];
    side.decoder.end(found);
    tell(side, found);
  }
  return lines.join("\n");
}

function array(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}

function hello(value: string, more = ""): Uint8Array {
  const key = new TextEncoder().encode("me").toHex();
  const size = (value.length / 2).toString(16).padStart(8, "0");
  return Uint8Array.fromHex(`cafe0105${"0000"}0002${size}${key}${value}${more}`);
}

const OFFER = new TextEncoder().encode('{"flags":["COMPRESSED"]}').toHex();

const RESP: readonly (readonly Said[])[] = [
  [["request", `AUTH ${PASSWORD}\r\n`]],
  [["request", `auth me ${PASSWORD}\n`]],
  [["request", `"\\x41UTH" '${PASSWORD}'\r\n`]],
  [["request", `AUTH "${PASSWORD}\r\n`]],
  [["request", array("AuTh", PASSWORD)]],
  [["request", `MULTI\r\n${array("AUTH", "me", PASSWORD)}EXEC\r\n`]],
  [["request", array("hello", "3", "SETNAME", "n", "auth", "me", PASSWORD)]],
  [["request", `HELLO 3 AUTH me ${PASSWORD}\r\n`]],
  [["request", array("HELLO", "3", "AUTH", "me", "correct", PASSWORD)], [
    "response",
    `-ERR Syntax error in HELLO option '${PASSWORD}'\r\n`,
  ]],
  [["request", array("COMMAND", "GETKEYS", "AUTH", PASSWORD)]],
  [["request", array("CONFIG", "SET", "primaryauth", PASSWORD)]],
  [["response", array("tls-key-file-pass", PASSWORD)]],
  [["response", `-ERR Unknown option or number of arguments for CONFIG SET - '${PASSWORD}'\r\n`]],
  [["request", array("CONFIG", "set", "save", "", "RequirePass", PASSWORD)], [
    "response",
    "+OK\r\n",
  ]],
  [["request", array("CONFIG", "GET", "*")], ["response", array("requirepass", PASSWORD)]],
  [["response", `%1\r\n$11\r\nrequirepass\r\n$8\r\n${PASSWORD}\r\n`]],
  [["request", array("ACL", "SETUSER", "me", "on", `>${PASSWORD}`)]],
  [
    ["request", array("MIGRATE", "h", "1", "k", "0", "9", "AUTH2", "me", PASSWORD)],
    [
      "response",
      `-ERR unknown command 'MIGRATE', with args beginning with: 'h' '${PASSWORD}' \r\n`,
    ],
  ],
  [["request", `*2\r\n$4\r\nAUTH\r\n$3\r\n${PASSWORD}\r\n`]],
  [["request", `*2\r\n$4\r\nAUTH\r\n$${PASSWORD}\r\n`]],
  [["request", `*2\r\n$4\r\nAUTH${PASSWORD}\r\n`]],
  [["request", array("AUTH", `${PASSWORD}${"x".repeat(9_000)}`)]],
  [["request", array("AUTH", PASSWORD).slice(0, -4)]],
];

const CAFE: readonly (readonly Said[])[] = [
  [["request", hello(HEX)]],
  [["request", hello(`00${"0008"}${HEX}${OFFER}`)]],
  [["request", hello(`00${"00ff"}${HEX}${OFFER}`)]],
  [["request", hello("", `${HEX}${HEX}${HEX}`)]],
  [["request", hello(HEX).slice(0, -2)]],
  [["request", Uint8Array.fromHex("cafe01050000000000000000" + HEX + "00".repeat(9))]],
  [["request", `AUTH ${PASSWORD}\r\n`]],
];

Deno.test("no form of a password is shown, however it is cut", PURE, () => {
  for (const [protocol, cases] of [["RESP", RESP], ["CAFE", CAFE]] as const) {
    for (const parts of cases) {
      for (const piece of [Infinity, 1, 3, 7, 64]) {
        for (const maxHeld of [4_096, 32]) {
          const text = shown(protocol, parts, piece, maxHeld);
          assert(text.length > 0);
          const bare = text.toLowerCase().replaceAll(/[ \n]|and\d+bytesmore/g, "");
          for (const secret of [PASSWORD, HEX, HEX.slice(4)]) {
            assertEquals(bare.includes(secret), false, `${secret} in\n${text}`);
          }
        }
      }
    }
  }
});

Deno.test("a mask hides secrets only", PURE, () => {
  const text = shown("RESP", [
    ["request", array("HELLO", "3", "SETNAME", "worker", "AUTH", "me", PASSWORD)],
    ["request", array("SET", "auth", "value")],
    ["response", "+OK\r\n+OK\r\n"],
  ]);
  for (const known of ["#1 request HELLO (masked)", '"worker"', "SET auth value", "to #1 HELLO"]) {
    assertStringIncludes(text, known);
  }
  assertEquals(text.includes('"me"'), false);
});

Deno.test("what is encrypted is named only", PURE, () => {
  const sealed = "cafe0102" + "0002" + "0001" + "00000020" + "6b" + "ab".repeat(32);
  const text = shown("CAFE", [["request", Uint8Array.fromHex(sealed)]]);
  assertStringIncludes(text, "AES-256-GCM, not opened");
  assertEquals(text.includes("ab ab"), false);
});
