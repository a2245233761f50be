import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { BatchDecoder } from "../../../lib/codec/mod.ts";
import { type FrameBuilder, FrameDecoder } from "../../../lib/cafe/mod.ts";
import { RecordWriter } from "../../../lib/store/journal/record_writer.ts";
import { hex, utf8 } from "../../codec/helpers.ts";

const KEY = utf8("k");
const NONCE = hex("0102030405060708");

/** A name, what is written, and its bytes. */
type Golden = readonly [string, (records: RecordWriter) => void, string];

// magic version opcode flags key_len value_len | extensions | key | value | CRC-32
const GOLDEN: readonly Golden[] = [
  [
    "SET with a store and an end",
    (records) => records.set(2, KEY, utf8("v"), 1_000, 7),
    // CHECKSUM ID TTL VERSION; store 2, 1,000 ms, version 7
    "cafe 01 02 0074 0001 00000001 | 00000002 00000000000003e8 0000000000000007 | 6b | 76 | 992b034f",
  ],
  [
    "SET of an entry of store 0 that never ends",
    (records) => records.set(0, KEY, utf8("v"), Infinity, 7),
    // CHECKSUM VERSION; version 7
    "cafe 01 02 0044 0001 00000001 | 0000000000000007 | 6b | 76 | 0ee0dcfa",
  ],
  [
    "EXTEND",
    (records) => records.extend(2, KEY, 1, utf8("wx"), 8),
    // CHECKSUM ID VERSION; store 2, version 8; the value: place 1, bytes
    "cafe 01 41 0054 0001 0000000a | 00000002 0000000000000008 | 6b | 0000000000000001 7778 | fab1065c",
  ],
  [
    "TOUCH with an end",
    (records) => records.expire(0, KEY, 1_000, 9),
    "cafe 01 08 0064 0001 00000000 | 00000000000003e8 0000000000000009 | 6b | | 41d24c13",
  ],
  [
    "TOUCH without one",
    (records) => records.expire(0, KEY, Infinity, 9),
    "cafe 01 08 0044 0001 00000000 | 0000000000000009 | 6b | | 57fa3b67",
  ],
  [
    "DELETE",
    (records) => records.delete(0, KEY, 10),
    "cafe 01 03 0044 0001 00000000 | 000000000000000a | 6b | | 81001bca",
  ],
  [
    "CLEAR",
    (records) => records.clear(1, 11),
    // CHECKSUM ID VERSION; store 1, version 11
    "cafe 01 42 0054 0000 00000000 | 00000001 000000000000000b | | | 13ae9ad1",
  ],
  [
    "ORDER",
    (records) => records.order([1, 0, 2]),
    "cafe 01 43 0004 0000 00000003 | | | 01 00 02 | f8de441a",
  ],
  [
    "BEGIN",
    (records) => records.begin("journal", NONCE, 5),
    // version 5; the key: "cortado journal"; the value: format 1, nonce
    "cafe 01 40 0044 000f 0000000c | 0000000000000005 | 636f727461646f206a6f75726e616c | " +
    "00000001 0102030405060708 | 24288e85",
  ],
  [
    "SYNCED",
    (records) => records.synced(51, NONCE),
    // the value: place 51, nonce
    "cafe 01 44 0004 0000 00000010 | | | 0000000000000033 0102030405060708 | 6432c5f7",
  ],
  [
    "END",
    (records) => records.end(3, 12),
    // version 12; the value: 3 entries
    "cafe 01 45 0044 0000 00000008 | 000000000000000c | | 0000000000000003 | 075b933f",
  ],
];

function test(name: string, fn: () => void): void {
  Deno.test({ name: `RecordWriter ${name}`, permissions: "none", fn });
}

function written(write: (records: RecordWriter) => void): Uint8Array {
  const records = new RecordWriter();
  write(records);
  records.endGroup();
  return concat(records.views());
}

/** Opcodes, as any reader of CAFE sees them. */
function opcodesOf(bytes: Uint8Array): number[] {
  const builder: FrameBuilder<number> = {
    unsupported: 0,
    message: ({ opcode }) => opcode,
    refused: (_, code) => {
      throw new Error(String(code));
    },
  };
  const frames = new BatchDecoder(new FrameDecoder(builder));
  const opcodes: number[] = [];
  frames.push(bytes, opcodes);
  frames.end(opcodes);
  return opcodes;
}

for (const [name, write, digits] of GOLDEN) {
  test(`writes ${name} as its golden bytes, which are a frame of CAFE`, () => {
    assertEquals(written(write).toHex(), hex(digits).toHex());
    assertEquals(opcodesOf(written(write)), [hex(digits)[3]!]);
  });
}

test("says with MORE that the next record belongs to the same request", () => {
  const bytes = written((records) => {
    records.delete(0, KEY, 10);
    records.delete(0, KEY, 10);
    records.endGroup();
    records.delete(0, KEY, 10);
  });
  // CHECKSUM VERSION MORE, which the checksum covers
  const more = "cafe 01 03 00c4 0001 00000000 | 000000000000000a | 6b | | ddfdf63e";
  const last = "cafe 01 03 0044 0001 00000000 | 000000000000000a | 6b | | 81001bca";
  assertEquals(bytes.toHex(), hex(more + last + last).toHex());
});

test("writes times that no record can say as the nearest that one can", () => {
  const times = [-5, 1.9, Number.MAX_VALUE].map((time) =>
    written((records) => records.expire(0, KEY, time, 9)).toHex().slice(24, 40)
  );
  assertEquals(times, ["0000000000000000", "0000000000000001", "001fffffffffffff"]);
});

test("does not copy a large value, and seals what stands around it", () => {
  const value = new Uint8Array(65_536).fill(1);
  const records = new RecordWriter();
  records.set(0, KEY, value, Infinity, 1);
  records.endGroup();
  assertEquals(records.views().map(({ buffer }) => buffer === value.buffer), [false, true, false]);
  assertEquals(opcodesOf(concat(records.views())), [2]);
});

test("forgets what waits, also a record that is open", () => {
  const records = new RecordWriter();
  records.delete(0, KEY, 1);
  records.drop();
  records.endGroup();
  assertEquals([records.length, records.views()], [0, []]);
  records.delete(0, KEY, 10);
  records.endGroup();
  assertEquals(opcodesOf(concat(records.views())), [3]);
});
