import { assert, assertEquals } from "@std/assert";
import { CAFE, RESP, Workload } from "../../lib/load/mod.ts";
import { drawTape, fillingTape } from "../../lib/load/tape.ts";

const PURE = { permissions: "none" } as const;

Deno.test("a tape knows where each request begins, and which values are read", PURE, () => {
  const workload = new Workload({ keys: 3, keySize: 5, valueSize: [2, 2], mix: { GET: 1 } });
  const { count, bytes, starts, values } = drawTape(workload, RESP, true);
  assertEquals([starts[0], starts[count]], [0, bytes.length]);
  for (const at of [0, 1, count - 1]) {
    const text = new TextDecoder().decode(bytes.subarray(starts[at], starts[at + 1]));
    const [, number] = /^\*2\r\n\$3\r\nGET\r\n\$5\r\nkey:(\d)\r\n$/.exec(text)!;
    assertEquals(values[at], workload.value(Number(number)));
  }
});

Deno.test("a tape of long values is short", PURE, () => {
  const workload = new Workload({ valueSize: [2 ** 20, 2 ** 20], mix: { SET: 1 } });
  const { count, bytes } = drawTape(workload, CAFE, false);
  assert(count >= 8 && bytes.length < 70 * 2 ** 20);
});

Deno.test("a filling tape stores each key once", PURE, () => {
  const { bytes, count } = fillingTape(new Workload({ keys: 20 }), RESP, 5, 8);
  const found = new TextDecoder("latin1").decode(bytes).match(/key:\d+/g);
  assertEquals(count, 3);
  assertEquals(found, ["key:000000000005", "key:000000000006", "key:000000000007"]);
});
