/**
 * A large value through ioredis and iovalkey. In a file of its own, because their parser keeps a timer for
 * seconds after one, which any test after it in the same process would be charged with.
 */

import { assertEquals } from "@std/assert";
import { ioredis } from "./ioredis.ts";
import { assertSameBytes, noise } from "./payloads.ts";

ioredis("ten megabytes go there and back", async (clients) => {
  const client = await clients.connect();
  const value = noise(10_000_000);
  await client.set("large", value);
  assertEquals(await client.strlen("large"), value.length);
  assertSameBytes((await client.getBuffer("large"))!, value);
}, {
  leavesTimers: "redis-parser shrinks the buffer of large values by an interval, and has no end",
});
