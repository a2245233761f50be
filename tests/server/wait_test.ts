import { assertEquals } from "@std/assert";
import { finished } from "../../lib/server/wait.ts";
import { settle } from "../codec/helpers.ts";

const NEVER = new Promise<void>(() => {});

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `a wait ${name}`, permissions: "none", fn });
}

test("is over when what it waits for is so, and leaves no timer", async () => {
  await finished({ until: Promise.resolve(), timeout: 0 }, NEVER);
  await finished({ until: Promise.resolve(), timeout: 60_000 }, NEVER);
});

test("is over when its time has passed", async () => {
  await finished({ until: NEVER, timeout: 1 }, NEVER);
  await finished({ until: undefined, timeout: 1 }, NEVER);
});

test("is over when it is stopped", async () => {
  await finished({ until: undefined, timeout: 0 }, Promise.resolve());
  await finished({ until: NEVER, timeout: 60_000 }, Promise.resolve());
});

test("for longer than a timer can be set is not over at once", async () => {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let over = false;
  const wait = finished({ until: undefined, timeout: 2 ** 53 }, stopped).then(() => over = true);
  await settle();
  assertEquals(over, false);
  resolve();
  await wait;
});
