import { newServices, Watch } from "../../lib/server/mod.ts";
import { Collections } from "../../lib/server/collections.ts";
import { Timers } from "../../lib/server/timers.ts";
import { assert, assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";
import { until } from "./raw_client.ts";

Deno.test("timers remove what has expired until they are stopped", {
  permissions: "none",
}, async () => {
  let now = 0;
  const services = newServices({ now: () => now });
  const store = services.databases.at(0);
  const garbage = new Collections();
  const timers = new Timers(services, new Watch(new Map(), services.limits, () => now), garbage);
  store.set(utf8("a"), utf8("1"), 5);
  now = 5;
  await until(() => store.expired === 1);
  store.set(utf8("b"), utf8("1"), 10);
  await timers.stop();
  now = 10;
  await new Promise((resolve) => setTimeout(resolve, 120));
  assertEquals(store.expired, 1);
  assert(services.statistics.lag.count > 0);
});
