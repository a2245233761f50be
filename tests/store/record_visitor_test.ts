import { assertEquals } from "@std/assert";
import { MemoryStore } from "../../lib/store/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";

Deno.test({
  name: "a walk shows each entry that stays once, while the table grows",
  permissions: "none",
  fn() {
    const store = new MemoryStore();
    for (let at = 0; at < 500; at++) store.set(utf8(`stays ${at}`), utf8(`${at}`));
    const shown: string[] = [];
    let enough = 0;
    const visit = (key: Uint8Array, value: Uint8Array) => {
      if (textOf(key) === `stays ${textOf(value)}`) shown.push(textOf(value));
    };
    const visitor = {
      visit,
      get isFull() {
        return ++enough % 8 === 0;
      },
    };
    let [from, steps] = [0, 0];
    do {
      from = store.walk(from, visitor);
      for (let at = 0; at < 100 && steps < 30; at++) {
        store.set(utf8(`new ${steps} ${at}`), utf8("x"));
      }
    } while (from !== 0 && ++steps < 10_000);
    assertEquals([shown.length, new Set(shown).size], [500, 500]);
  },
});
