import { assertEquals } from "@std/assert";
import { crc32, readU32, readU64 } from "../../lib/bytes/mod.ts";
import {
  EXTENSION_FIELDS,
  extensionSize,
  FLAG_LAYOUT,
  FLAGS,
  Head,
  HEADER_FIELDS,
  HEADER_SIZE,
  MAX_HEAD_SIZE,
  placeFields,
  RESERVED_FLAGS,
  TRAILER_FIELDS,
  trailerSize,
} from "../../lib/cafe/mod.ts";
import { bytesOf } from "./dump.ts";
import { GOLDEN_REFUSED, GOLDEN_REQUESTS, GOLDEN_RESPONSES } from "./golden.ts";

const PURE = { permissions: "none" } as const;
const SPECIFICATION = new URL("../../docs/cafe.md", import.meta.url);

function headOf(frame: Uint8Array): Head {
  const head = new Head();
  head.readHeader(frame, 0);
  head.readExtensions(frame, HEADER_SIZE);
  return head;
}

for (const { name, dump } of [...GOLDEN_REQUESTS, ...GOLDEN_REFUSED, ...GOLDEN_RESPONSES]) {
  Deno.test(`layout splits golden ${name} into the fields that the codec reads`, PURE, () => {
    const frame = bytesOf(dump);
    const head = headOf(frame);
    const fields = new Map(placeFields(head).map(({ field, at }) => [field.name, { field, at }]));
    const numberAt = (name: string): number | undefined => {
      const placed = fields.get(name);
      if (placed === undefined) return undefined;
      const { field: { size }, at } = placed;
      return Number(`0x${frame.subarray(at, at + size).toHex()}`);
    };
    assertEquals(numberAt("magic"), 0xcafe);
    assertEquals(numberAt("version"), head.version);
    assertEquals(numberAt("opcode"), head.opcode);
    assertEquals(numberAt("flags"), head.flags);
    assertEquals(numberAt("key_len"), head.keyLength);
    assertEquals(numberAt("value_len"), head.valueLength);
    assertEquals(numberAt("id"), head.id);
    assertEquals(numberAt("ttl"), head.ttl);
    assertEquals(numberAt("entry_version"), head.entryVersion);
    const checksum = fields.get("checksum");
    if (checksum !== undefined) {
      assertEquals(readU32(frame, checksum.at), crc32(frame.subarray(0, checksum.at)));
    }
    const { field, at } = placeFields(head).at(-1)!;
    assertEquals(at + field.size, frame.length);
  });
}

Deno.test("layout agrees with the codec on the lengths of all flags", PURE, () => {
  for (let flags = 0; flags <= 0xffff; flags++) {
    const placed = placeFields({ flags, keyLength: 5, valueLength: 7 });
    const key = placed.find(({ field }) => field.name === "key")!.at;
    assertEquals(key, HEADER_SIZE + extensionSize(flags));
    const { field, at } = placed.at(-1)!;
    assertEquals(at + field.size, key + 5 + 7 + trailerSize(flags));
  }
  assertEquals(MAX_HEAD_SIZE, HEADER_SIZE + extensionSize(0xffff));
});

Deno.test("layout has the flags of the codec, and each of sixteen bits once", PURE, () => {
  const named = FLAG_LAYOUT.filter(({ name }) => name !== "reserved" && name !== "open");
  assertEquals(Object.fromEntries(named.map(({ name, bits }) => [name, bits])), { ...FLAGS });
  assertEquals(FLAG_LAYOUT.find(({ name }) => name === "reserved")?.bits, RESERVED_FLAGS);
  assertEquals(FLAG_LAYOUT.reduce((sum, { bits }) => sum + bits, 0), 0xffff);
});

Deno.test(
  "layout has integers whose size is that of their type, as readU32 and readU64",
  PURE,
  () => {
    const sizes: Record<string, number> = { u8: 1, u16: 2, u32: 4, u64: 8 };
    for (const { name, type, size } of [...HEADER_FIELDS, ...EXTENSION_FIELDS, ...TRAILER_FIELDS]) {
      assertEquals(size, sizes[type] ?? 32, name);
    }
    const bytes = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2);
    assertEquals([readU32(bytes, 4), readU64(bytes, 0)], [2, 4_294_967_298]);
  },
);

/** The cells of the rows of a table that stands behind a heading. */
function rowsBehind(heading: string): string[][] {
  const text = Deno.readTextFileSync(SPECIFICATION);
  const section = text.slice(text.indexOf(`\n## ${heading}\n`));
  const table = /(?:^\|.*\n)+/m.exec(section)![0];
  return table.trim().split("\n").slice(2).map((row) =>
    row.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}

Deno.test("layout has the header, the extensions and the flags of docs/cafe.md", {
  permissions: { read: ["docs"] },
}, () => {
  let at = 0;
  const header = HEADER_FIELDS.map(({ name, size }) => {
    const from = at;
    at += size;
    return [name, size === 1 ? `${from}` : `${from} to ${at - 1}`];
  });
  assertEquals(header, rowsBehind("2. Header").map(([name, bytes]) => [name, bytes]));
  assertEquals(
    EXTENSION_FIELDS.map(({ flag, size }) => [flag, hex(FLAGS[flag]), `${size}`]),
    rowsBehind("3. Extensions").map((row) => row.slice(0, 3)),
  );
  const units = (text: string) => text.match(/\b(milli|micro)?seconds\b/g) ?? [];
  for (const [at, [, , , request = ""]] of rowsBehind("3. Extensions").entries()) {
    assertEquals(units(EXTENSION_FIELDS[at]!.about), units(request));
  }
  const flags = rowsBehind("4. Flags").slice(0, Object.keys(FLAGS).length);
  const adds = new Map([
    ...EXTENSION_FIELDS.map(({ flag, size }) => [flag, `extension, ${size} bytes`] as const),
    ...TRAILER_FIELDS.map(({ flag, size }) => [flag, `trailer, ${size} bytes`] as const),
  ]);
  assertEquals(
    FLAG_LAYOUT.flatMap(({ name, bits }) =>
      name === "reserved" || name === "open" ? [] : [[name, hex(bits), adds.get(name) ?? ""]]
    ),
    flags.map((row) => row.slice(0, 3)),
  );
});

function hex(flag: number): string {
  return `0x${flag.toString(16).padStart(4, "0")}`;
}
