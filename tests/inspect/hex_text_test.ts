import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { BatchDecoder, DecodeError } from "../../lib/codec/mod.ts";
import { HexDecoder } from "../../lib/inspect/mod.ts";
import { dumpsIn } from "../cafe/dump.ts";
import { framesOf, inspect, PURE, utf8 } from "./helpers.ts";

function read(text: string, piece = text.length): string {
  const decoder = new BatchDecoder(new HexDecoder());
  const found: Uint8Array[] = [];
  const bytes = utf8(text);
  for (let at = 0; at < bytes.length; at += piece) decoder.push(bytes.slice(at, at + piece), found);
  decoder.end(found);
  return concat(found).toHex();
}

const PING = "cafe01040000000000000000";
const FORMS: readonly (readonly [string, string])[] = [
  ["plain digits", PING],
  ["bytes with spaces", PING.replace(/../g, "$& ")],
  ["0x and commas", PING.replace(/../g, "0x$&, ")],
  ["bytes with colons, in capitals", PING.toUpperCase().replace(/..(?=.)/g, "$&:")],
  ["a dump with comments", "ca fe  ; magic\n01 04\n\n0000 0000 ; x\n0000 0000"],
  ["xxd", "00000000: cafe 0104 0000 0000 0000 0000            ............\n"],
  ["xxd -g 1", "00000000: ca fe 01 04 00 00 00 00 00 00 00 00              ............\n"],
  [
    "hexdump -C",
    "00000000  ca fe 01 04 00 00 00 00  00 00 00 00              |............|\n0000000c\n",
  ],
  [
    "Wireshark does",
    "0000   ca fe 01 04 00 00 00 00   ........\n0008   00 00 00 00               ....\n",
  ],
  ["tshark -x does", "0000  ca fe 01 04 00 00 00 00   ........\n0008  00 00 00 00   ....\n\n"],
  ["tcpdump -x does", "\t0x0000:  cafe 0104 0000 0000\n\t0x0008:  0000 0000\n"],
  [
    "tcpdump -X does",
    "\t0x0000:  cafe 0104 0000 0000  ........\n\t0x0008:  0000 0000            ....\n",
  ],
  ["od -A x -t x1 does", "000000 ca fe 01 04 00 00 00 00\n000008 00 00 00 00\n00000c\n"],
  [
    "od -A x -t x1z does",
    "000000 ca fe 01 04 00 00 00 00  >........<\n000008 00 00 00 00  >....<\n00000c\n",
  ],
  ["digits of which the first group is long", "cafe0104\n00000000\n00000000"],
  [
    "a part of what xxd does",
    "00000010: cafe 0104 0000 0000  ........\n00000018: 0000 0000  ....\n",
  ],
  ["lines that end in CR LF", "ca fe 01 04\r\n00 00 00 00\r\n00 00 00 00\r\n"],
];

for (const [name, text] of FORMS) {
  Deno.test(`hex is read that is written as ${name}`, PURE, () => {
    assertEquals(read(text), PING);
    for (const piece of [1, 3, 10]) assertEquals(read(text, piece), PING);
    assertEquals(framesOf(inspect(utf8(text))).map(({ title }) => title), ["PING"]);
  });
}

Deno.test("hex of hexdump -C has a * for lines that are the same", PURE, () => {
  const zeros = "00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00";
  const dump = `00000000  ${zeros}  |................|\n*\n00000040  01  |.|\n00000041\n`;
  assertEquals(read(dump), `${"00".repeat(64)}01`);
});

Deno.test("hex of od has a * too, and a dump may follow another", PURE, () => {
  const zeros = "00 ".repeat(15) + "00";
  assertEquals(read(`000000 ${zeros}\n*\n000040 01\n000041\n`), `${"00".repeat(64)}01`);
  const packet = "0000   ca fe   ..\n0002   01   .\n";
  assertEquals(read(`${packet}\n${packet}`), "cafe01cafe01");
});

Deno.test("hex with an offset that does not fit the bytes before it is refused", PURE, () => {
  const message = "at line 2: its offset is 0010, and the bytes before it end at 2";
  assertThrows(() => read("0000   ca fe\n0010   01\n"), DecodeError, message);
});

Deno.test("hex that begins with zeros, and has no offsets, is bytes", PURE, () => {
  assertEquals(read("0000 cafe 0104\n0000 0000\n"), "0000cafe010400000000");
  assertEquals(read("00000000\n0000000c\n"), "000000000000000c");
});

Deno.test("hex that is none is refused with its line", PURE, () => {
  for (const [text, line] of [["ca fe\nxy", 2], ["abc", 1], ["ca\n\nf", 3]] as const) {
    const error = assertThrows(() => read(text), DecodeError, `at line ${line}`);
    assertEquals(error.code, "HEX");
  }
});

Deno.test(
  "hex has so many bytes that a * stands for, and no more, however many there are",
  PURE,
  () => {
    const zeros = "00 ".repeat(15) + "00";
    const size = 1_048_576;
    const line = (at: number) => `${(at * size).toString(16).padStart(8, "0")}  ${zeros}  |x|\n*\n`;
    const lines = (count: number) => Array.from({ length: count }, (_, at) => line(at)).join("");
    const end = "04000000  01  |.|\n";
    assertEquals(read(lines(64) + end).length, 2 * (64 * size + 1));
    const message = "what * stands for comes to 68156400 bytes, over the limit 67108864";
    assertThrows(() => read(`${lines(65)}04100000`), DecodeError, message);
    assertThrows(() => read(`${line(0)}ffffffff\n`), DecodeError, "over the limit");
    assertThrows(() => read(`${lines(2)}00000000  01\n`), DecodeError, "cannot stand for");
  },
);

Deno.test("hex of every example of docs/cafe.md is read, and a frame found in it", {
  permissions: { read: ["docs"] },
}, () => {
  const page = Deno.readTextFileSync(new URL("../../docs/cafe.md", import.meta.url));
  const dumps = dumpsIn(page);
  assertEquals(dumps.length > 80, true);
  for (const dump of dumps) assertEquals(inspect(utf8(dump)).length > 0, true);
});
