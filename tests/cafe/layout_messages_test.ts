import { assert, assertEquals } from "@std/assert";
import {
  CafeRequestDecoder,
  type DecodedRequest,
  ERROR_LAYOUT,
  FLAGS,
  type LayoutPayload,
  type LayoutRequest,
  messageOf,
  opcodeName,
  placeFields,
  REQUEST_LAYOUT,
  REQUEST_OPCODES,
  RESPONSE_LAYOUT,
  RESPONSE_OPCODES,
} from "../../lib/cafe/mod.ts";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { ERROR_CODES } from "../../lib/model/mod.ts";

const PURE = { permissions: "none" } as const;
const SPECIFICATION = new URL("../../docs/cafe.md", import.meta.url);
const SIZES: Record<string, number> = { u32: 4, u64: 8, i64: 8 };

Deno.test("layout has the opcodes of the codec", PURE, () => {
  const opcodes = (list: readonly { name: string; opcode: number }[]) =>
    Object.fromEntries(list.map(({ name, opcode }) => [name, opcode]));
  assertEquals(opcodes(REQUEST_LAYOUT), { ...REQUEST_OPCODES });
  assertEquals(opcodes(RESPONSE_LAYOUT), { ...RESPONSE_OPCODES });
  for (let opcode = 0; opcode < 256; opcode++) {
    assertEquals(messageOf(opcode)?.name ?? `opcode ${opcode}`, opcodeName(opcode));
  }
});

Deno.test("layout has a sentence for each code of an error", PURE, () => {
  assertEquals(Object.keys(ERROR_LAYOUT), [...ERROR_CODES]);
  const sentences = [...REQUEST_LAYOUT, ...RESPONSE_LAYOUT].map(({ about }) => about);
  for (const about of [...sentences, ...Object.values(ERROR_LAYOUT)]) {
    assert(/^[A-Z].*\.$/.test(about), about);
  }
});

/** The request that the codec reads from a frame with an id, a key and a value of 0 bytes. */
function decode(opcode: number, flags: number, keyLength: number, valueLength: number) {
  const placed = placeFields({ flags, keyLength, valueLength });
  const { field, at } = placed.at(-1)!;
  const frame = new Uint8Array(at + field.size);
  const view = new DataView(frame.buffer);
  view.setUint16(0, 0xcafe);
  view.setUint16(2, 0x0100 | opcode);
  view.setUint16(4, flags);
  view.setUint16(6, keyLength);
  view.setUint32(8, valueLength);
  // A time to live of 0 is out of range.
  for (const { field: { name }, at } of placed) if (name === "ttl") frame[at + 7] = 1;
  const value = placed.find(({ field: { name } }) => name === "value")!.at;
  if (opcode === REQUEST_OPCODES.HELLO) frame.fill(0x70, value); // No offer.
  const requests: DecodedRequest[] = [];
  new BatchDecoder(new CafeRequestDecoder()).push(frame, requests);
  return requests[0]!;
}

function isTaken(opcode: number, flags: number, keyLength: number, valueLength: number): boolean {
  return decode(opcode, flags, keyLength, valueLength).op !== "INVALID";
}

/** Whether the layout says that a payload may have this length. */
function allows({ parts, optional }: LayoutPayload, length: number): boolean {
  if (parts.length === 0) return length === 0;
  const size = parts.reduce((sum, { type }) => sum + (SIZES[type] ?? NaN), 0);
  return Number.isNaN(size) || length === size || (optional && length === 0);
}

for (const message of REQUEST_LAYOUT) {
  const { name, opcode, takes } = message;
  Deno.test(`layout and the codec agree on which flags ${name} takes`, PURE, () => {
    for (const flag of ["TTL", "VERSION", "MORE"] as const) {
      const flags = FLAGS.ID | FLAGS[flag];
      const length = lengthOf(message, flag === "MORE");
      assertEquals(isTaken(opcode, flags, 0, length), takes.includes(flag), flag);
    }
  });
  Deno.test(`layout and the codec agree on how long key and value of ${name} are`, PURE, () => {
    for (let length = 0; length <= 20; length++) {
      const key = isTaken(opcode, FLAGS.ID, length, lengthOf(message, false));
      assertEquals(key, allows(message.key, length), `key of ${length}`);
      assertEquals(isTaken(opcode, FLAGS.ID, 0, length), allows(message.value, length));
      if (!takes.includes("MORE")) continue;
      const withMore = isTaken(opcode, FLAGS.ID | FLAGS.MORE, 0, length);
      assertEquals(withMore, allows(message.valueWithMore, length));
    }
  });
}

/** A length of the value that is allowed. */
function lengthOf({ value, valueWithMore }: LayoutRequest, more: boolean): number {
  const payload = more ? valueWithMore : value;
  return Array.from({ length: 20 }, (_, length) => length).find((n) => allows(payload, n))!;
}

function rowsBehind(heading: string): string[][] {
  const text = Deno.readTextFileSync(SPECIFICATION);
  const table = /(?:^\|.*\n)+/m.exec(text.slice(text.indexOf(`\n## ${heading}\n`)))![0];
  return table.trim().split("\n").slice(2).map((row) =>
    row.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll(/[[\]`]|\(#.*\)/g, ""))
  );
}

Deno.test("layout has the requests, responses and errors of docs/cafe.md", {
  permissions: { read: ["docs"] },
}, () => {
  assertEquals(
    REQUEST_LAYOUT.map(({ opcode, name, takes }) => [`${opcode}`, name, takes.join(", ")]),
    rowsBehind("5. Requests").map(([opcode, name, , , takes]) => [opcode, name, takes]),
  );
  assertEquals(
    RESPONSE_LAYOUT.map(({ opcode, name }) => [`${opcode}`, name]),
    rowsBehind("6. Responses").map((row) => row.slice(0, 2)),
  );
  assertEquals(Object.keys(ERROR_LAYOUT), rowsBehind("7. Errors").map(([code]) => code));
});

Deno.test("layout has an empty key or value where docs/cafe.md has one", {
  permissions: { read: ["docs"] },
}, () => {
  const rows = [...rowsBehind("5. Requests"), ...rowsBehind("6. Responses")];
  for (const [at, message] of [...REQUEST_LAYOUT, ...RESPONSE_LAYOUT].entries()) {
    const [, name, key = "", value = ""] = rows[at]!;
    assertEquals(message.key.parts.length === 0, key === "empty", name);
    assertEquals(
      message.value.parts.length === 0,
      value.startsWith("empty") && !/or/.test(value),
      name,
    );
  }
});
