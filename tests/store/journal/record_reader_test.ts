import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { FileWindow } from "../../../lib/store/journal/file_window.ts";
import {
  fileStart,
  isFrom,
  placeOf,
  RecordReader,
} from "../../../lib/store/journal/record_reader.ts";
import { crc32 } from "../../../lib/bytes/mod.ts";
import { hex, utf8 } from "../../codec/helpers.ts";

const PURE = { permissions: "none" } as const;

// SET of k in store 2: ends at 1,000, version 7
const SET =
  "cafe 01 02 0074 0001 00000001 | 00000002 00000000000003e8 0000000000000007 | 6b | 76 | 992b034f";
// BEGIN of a journal: version 5, format 1, nonce
const BEGIN =
  "cafe 01 40 0044 000f 0000000c | 0000000000000005 | 636f727461646f206a6f75726e616c | " +
  "00000001 0102030405060708 | 24288e85";
// SYNCED up to 51, nonce
const SYNCED = "cafe 01 44 0004 0000 00000010 | | | 0000000000000033 0102030405060708 | 6432c5f7";

function readerOf(bytes: Uint8Array): RecordReader {
  const read = (place: number, room: Uint8Array) => {
    const part = bytes.subarray(place, place + room.length);
    room.set(part);
    return part.length;
  };
  return new RecordReader(new FileWindow({ size: bytes.length, read, close() {} }));
}

/** A frame, with the checksum of its bytes. */
function summed(digits: string): Uint8Array {
  const bytes = hex(digits);
  const sum = crc32(bytes).toString(16).padStart(8, "0");
  return concat([bytes, hex(sum)]);
}

/** Why there is no record. */
function reasonOf(bytes: Uint8Array): string | undefined {
  const reader = readerOf(bytes);
  assertEquals([reader.next(), reader.place], [undefined, 0]);
  return reader.damage?.reason;
}

Deno.test("RecordReader reads all fields of a record, and stops at the end", PURE, () => {
  const reader = readerOf(hex(SET));
  const fields = { name: "SET", more: false, store: 2, expiresAt: 1_000, version: 7 } as const;
  assertEquals(reader.next(), { ...fields, key: utf8("k"), value: utf8("v") });
  assertEquals([reader.next(), reader.damage, reader.place], [undefined, undefined, 38]);
});

Deno.test("RecordReader stops for good at the first record that is not whole", PURE, () => {
  const reader = readerOf(hex(SET + "00".repeat(12) + SET));
  reader.next();
  assertEquals([reader.next(), reader.next(), reader.place], [undefined, undefined, 38]);
  assertEquals(reader.damage, { place: 38, reason: "no record begins with the bytes 0000" });
});

const DAMAGES: readonly (readonly [string, Uint8Array, string])[] = [
  ["a cut header", hex(SET).slice(0, 11), "the file ends 11 bytes after the beginning of a record"],
  ["a cut record", hex(SET).slice(0, 37), "a record of 38 bytes, of which the file has 37"],
  ["another magic", hex("caff" + SET.slice(4)), "no record begins with the bytes caff"],
  ["another version", hex("cafe 02" + SET.slice(7)), "a record of version 2"],
  [
    "an unknown opcode",
    hex("cafe 01 07" + SET.slice(10)),
    "a record with opcode 7, which none has",
  ],
  ["no checksum", hex("cafe 01 02 0070" + SET.slice(15)), "a record without a checksum"],
  ["a foreign flag", hex("cafe 01 02 0075" + SET.slice(15)), "a record with flags 0075"],
  [
    "a changed byte",
    hex(SET.replace("6b", "6c")),
    "a record whose checksum is not that of its bytes",
  ],
  ["a short BEGIN", summed("cafe 01 40 0004 0000 00000000"), "a BEGIN with 0 bytes of value"],
  ["a short EXTEND", summed("cafe 01 41 0004 0000 00000001 00"), "a EXTEND with 1 bytes of value"],
  ["a short SYNCED", summed("cafe 01 44 0004 0000 00000000"), "a SYNCED with 0 bytes of value"],
  ["a short END", summed("cafe 01 45 0004 0000 00000000"), "a END with 0 bytes of value"],
];

for (const [name, bytes, reason] of DAMAGES) {
  Deno.test(`RecordReader says what is wrong with ${name}`, PURE, () => {
    assertEquals(reasonOf(bytes), reason);
  });
}

Deno.test("fileStart reads what a journal is, and refuses other files by name", PURE, () => {
  const record = readerOf(hex(BEGIN)).next()!;
  assertEquals(fileStart(record, "journal"), { nonce: hex("0102030405060708"), version: 5 });
  assertEquals(fileStart(record, "snapshot"), "it is not a cortado snapshot");
  assertEquals(
    fileStart(readerOf(hex(SET)).next()!, "journal"),
    "it begins with SET instead of BEGIN",
  );
  const later = { ...record, value: hex("00000002 0102030405060708") };
  assertEquals(fileStart(later, "journal"), "its format is 2, this program reads 1");
});

Deno.test("a SYNCED is from who knows the nonce, and has its place", PURE, () => {
  const record = readerOf(hex(SYNCED)).next()!;
  assertEquals([placeOf(record), isFrom(record, hex("0102030405060708"))], [51, true]);
  assertEquals(isFrom(record, hex("0102030405060709")), false);
});
