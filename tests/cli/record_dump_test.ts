import { dumpRecord } from "../../lib/cli/record_dump.ts";
import { assertEquals } from "@std/assert";

function dump(hex: string, place = 0): string[] {
  return dumpRecord(Uint8Array.fromHex(hex), place).map((line) =>
    line.trim().replaceAll(/ {2,}/g, " | ")
  );
}

Deno.test({
  name: "dumpRecord names the fields of a head, and what they say",
  permissions: "none",
  fn() {
    const extensions = "00000003" + "00000000000003e8" + "0000000000000007";
    const lines = dump("cafe0102" + "0074" + "0001" + "00000002" + extensions + "6b" + "410a", 100);
    assertEquals(lines, [
      "100 | ca fe | magic",
      "102 | 01 | version 1",
      "103 | 02 | opcode 2, SET",
      "104 | 00 74 | flags CHECKSUM, ID, TTL, VERSION",
      "106 | 00 01 | key_len 1",
      "108 | 00 00 00 02 | value_len 2",
      "112 | 00 00 00 03 | store 3",
      "116 | 00 00 00 00 00 00 03 e8 | ends at 1000",
      "124 | 00 00 00 00 00 00 00 07 | version 7",
      "132 | 6b 41 0a | |kA.|",
    ]);
  },
});

Deno.test({
  name: "dumpRecord shows bytes that are no head, and too few of them",
  permissions: "none",
  fn() {
    assertEquals(dump(""), []);
    assertEquals(dump("ca"), ["0 | ca | |.|"]);
    assertEquals(dump("cafe014d"), [
      "0 | ca fe | magic",
      "2 | 01 | version 1",
      "3 | 4d | opcode 77, which no record has",
    ]);
    assertEquals(dump("00".repeat(64)).length, 6 + 2);
  },
});
