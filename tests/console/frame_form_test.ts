import { encodedAgain, formOf, writeForm } from "../../lib/console/frame_form.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { bytesOf } from "../cafe/dump.ts";
import { GOLDEN_REFUSED, GOLDEN_REQUESTS, GOLDEN_RESPONSES } from "../cafe/golden.ts";

const PURE = { permissions: "none" } as const;

Deno.test("every frame of the golden corpus is the same when it is encoded again", PURE, () => {
  for (const { name, dump } of [...GOLDEN_REQUESTS, ...GOLDEN_REFUSED, ...GOLDEN_RESPONSES]) {
    const frame = bytesOf(dump);
    assertEquals(writeForm(formOf(frame)).toHex(), frame.toHex(), name);
  }
});

Deno.test("the encoder of requests writes the canonical ones of the corpus", PURE, () => {
  for (const { name, dump, canonical } of GOLDEN_REQUESTS) {
    const frame = bytesOf(dump);
    const again = encodedAgain(frame)?.toHex();
    assertEquals(again === frame.toHex(), canonical, name);
  }
  for (const { name, dump } of GOLDEN_REFUSED) {
    assertEquals(encodedAgain(bytesOf(dump)), undefined, name);
  }
});

Deno.test("lengths and checksums follow what is edited; a wrong checksum stays", PURE, () => {
  const frame = Uint8Array.fromHex("cafe0102000400010000000161628c2e34c3");
  const form = formOf(frame);
  const wrong = writeForm({ ...form, wrongChecksum: 7 });
  assertEquals(formOf(wrong).wrongChecksum, 7);
  const longer = formOf(writeForm({ ...form, value: new Uint8Array(300) }));
  assertEquals([longer.value.length, longer.wrongChecksum], [300, form.wrongChecksum]);
});

Deno.test("a number that does not fit its field is an error", PURE, () => {
  const form = formOf(Uint8Array.fromHex("cafe01010010000000000000" + "00000001"));
  const { extensions } = form;
  for (const id of [-1n, 1n << 32n]) {
    assertThrows(() => writeForm({ ...form, extensions: { ...extensions, id } }), RangeError);
  }
  const ttl = (1n << 64n) - 1n;
  const largest = { ...form, flags: 0x20, extensions: { ...extensions, ttl } };
  assertEquals(formOf(writeForm(largest)).extensions.ttl, ttl);
});
