import { assertEquals } from "@std/assert";
import { Credit } from "../../lib/cafe/mod.ts";

const PURE = { permissions: "none" } as const;

Deno.test("a credit is exhausted when its requests or its bytes are used", PURE, () => {
  const window = { requests: 2, bytes: 100 };
  const byRequests = new Credit(window);
  byRequests.spend(1, 10);
  assertEquals([byRequests.exhausted, byRequests.low], [false, true]);
  byRequests.spend(1, 10);
  assertEquals(byRequests.exhausted, true);
  const byBytes = new Credit(window);
  byBytes.spend(0, 49);
  assertEquals([byBytes.exhausted, byBytes.low], [false, false]);
  byBytes.spend(0, 700); // The last frame may be longer than what is left.
  assertEquals([byBytes.exhausted, byBytes.low, byBytes.used], [true, true, {
    requests: 0,
    bytes: 749,
  }]);
});

Deno.test("a credit has again what is given back, and never more than its window", PURE, () => {
  const credit = new Credit({ requests: 2, bytes: 100 });
  credit.spend(2, 150);
  credit.giveBack({ requests: 1, bytes: 60 });
  assertEquals([credit.used, credit.exhausted], [{ requests: 1, bytes: 90 }, false]);
  credit.giveBack({ requests: 9, bytes: 900 });
  assertEquals(credit.used, { requests: 0, bytes: 0 });
});
