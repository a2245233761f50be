import { Counter, Exchange } from "../../lib/inspect/exchange.ts";
import { assert, assertEquals } from "@std/assert";
import { PURE } from "./helpers.ts";

function sent(exchange: Exchange, title: string, id?: number, replies = 1): void {
  const number = exchange.nextNumber();
  exchange.sent({ number, name: title, title, id, quiet: false, replies });
}

Deno.test(
  "responses to requests that were forgotten are not taken for those to others",
  PURE,
  () => {
    const exchange = new Exchange(new Counter(), 2);
    sent(exchange, "one", undefined, 2);
    for (const title of ["two", "three", "four"]) sent(exchange, title);
    const titles = Array.from({ length: 6 }, () => exchange.answered(undefined)?.title);
    assertEquals(titles, [undefined, undefined, undefined, "three", "four", undefined]);
    assertEquals(exchange.lastAnswered, undefined);
  },
);

Deno.test("requests with an id are forgotten by themselves", PURE, () => {
  const exchange = new Exchange(new Counter(), 2);
  for (const id of [7, 8, 9]) sent(exchange, `id ${id}`, id);
  assertEquals([7, 8, 9].map((id) => exchange.answered(id)?.title), [undefined, "id 8", "id 9"]);
});

Deno.test(
  "responses find their requests however many wait, in time that grows as they do",
  PURE,
  () => {
    const exchange = new Exchange(new Counter(), 65_536);
    const began = performance.now();
    for (let at = 0; at < 1_000_000; at++) sent(exchange, `${at}`);
    for (let at = 0; at < 1_000_000 - 65_536; at++) {
      assertEquals(exchange.answered(undefined), undefined);
    }
    for (let at = 1_000_000 - 65_536; at < 1_000_000; at++) {
      if (exchange.answered(undefined)?.title !== `${at}`) throw new Error(`${at}`);
    }
    assertEquals(exchange.answered(undefined), undefined);
    const took = performance.now() - began; // A quarter of a second; a minute when each moves all others.
    assert(took < 10_000, `${took}`);
  },
);
