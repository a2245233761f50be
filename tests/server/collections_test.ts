import { Collections } from "../../lib/server/collections.ts";
import { assert, assertEquals } from "@std/assert";

/** Makes garbage for so long that it is collected. */
function makeGarbage(): number {
  let kept: unknown[] = [];
  for (let round = 0; round < 3_000_000; round++) {
    kept.push({ round });
    if (kept.length > 100_000) kept = [];
  }
  return kept.length;
}

Deno.test("garbage collections are counted between start and stop, and their pauses are short", {
  permissions: "none",
}, () => {
  const collections = new Collections();
  collections.take();
  collections.stop();
  makeGarbage();
  assertEquals([...collections.figures], []);
  collections.start();
  const began = performance.now();
  makeGarbage();
  const seconds = (performance.now() - began) / 1_000;
  collections.take();
  const found = collections.figures.get("scavenge");
  assert(found !== undefined && found.count > 0);
  assert(found.seconds > 0 && found.seconds < seconds, `${found.seconds} s of ${seconds} s`);
  makeGarbage();
  collections.stop();
  assert(collections.figures.get("scavenge")!.count > found.count);
});
