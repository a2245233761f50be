import { StoreContext } from "../../lib/store/mod.ts";
import { assertEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `StoreContext ${name}`, permissions: "none", fn });
}

test("knows the second of an access for 194 days, wherever the 24 bits begin again", () => {
  let now = 0;
  const context = new StoreContext(() => now);
  for (const second of [0, 1_760_000_000, 105 * 2 ** 24 - 1, 105 * 2 ** 24]) {
    now = second * 1_000 + 999;
    context.now();
    const { access } = context;
    for (const days of [0, 1, 190]) {
      now = (second + days * 86_400) * 1_000;
      context.now();
      assertEquals(context.timeOfAccess(access), second * 1_000);
    }
  }
});

test("takes an access that lies ahead for one, when the clock was set back by up to an hour", () => {
  let now = 1_760_000_000_000;
  const context = new StoreContext(() => now);
  const { access } = context;
  now -= 3_000_000;
  context.now();
  assertEquals(context.timeOfAccess(access), 1_760_000_000_000);
});
