import { assertEquals, assertMatch } from "@std/assert";
import { jsonLine } from "../../lib/inspect/mod.ts";
import { inspect, PURE, utf8 } from "./helpers.ts";

Deno.test("JSON of a frame has every field with its value", PURE, () => {
  const bytes = Uint8Array.fromHex("cafe0109001000010000000800000007" + "61" + "ffffffffffffffff");
  const object = JSON.parse(jsonLine(inspect(bytes)[0]!));
  const fields = Object.fromEntries(
    object.fields.map((field: { name: string; value?: unknown }) => [field.name, field.value]),
  );
  assertEquals(fields["id"], 7);
  assertEquals(fields["cursor"], "18446744073709551615");
  assertEquals([object.type, object.direction, object.name, object.faults.length], [
    "frame",
    "request",
    "SCAN",
    1,
  ]);
});

Deno.test("JSON of damage has its bytes in hex, and each item is one line", PURE, () => {
  const found = inspect(utf8("\x01\x02 no frame\n"), { format: "raw", protocol: "CAFE" });
  const lines = found.map((located) => jsonLine(located));
  assertEquals(lines.map((line) => JSON.parse(line).type), ["damage", "resumed"]);
  assertEquals(JSON.parse(lines[0]!).bytes, "0102206e6f206672616d650a");
  assertEquals(lines.some((line) => line.includes("\n")), false);
});

Deno.test("JSON escapes what does not print, and is read as what was said", PURE, () => {
  const message = "\x1b\x7f\x9b31m\u202e\u{e0041}";
  const item = { type: "gap", offset: 0, missing: 1, message } as const;
  const line = jsonLine({ item, connection: undefined, time: undefined });
  assertMatch(line, /^\P{C}+$/u);
  assertEquals(JSON.parse(line), item);
});

Deno.test("JSON has at most as many bytes of a field as is said", PURE, () => {
  const bytes = Uint8Array.fromHex("cafe01040000000000000004" + "61626364");
  const value = JSON.parse(jsonLine(inspect(bytes)[0]!, 2)).fields.at(-1);
  assertEquals([value.hex, value.size], ["6162", 4]);
});
