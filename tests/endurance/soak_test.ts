import { assertEquals, assertGreater } from "@std/assert";
import { KEYS } from "./clients.ts";
import { judge } from "./judge.ts";
import { soak } from "./run.ts";

const SECONDS = 60;

Deno.test({
  name: `a server holds no more after clients have come and gone for ${SECONDS} s`,
  ignore: Deno.build.os !== "linux",
  async fn() {
    const run = await soak({ duration: SECONDS * 1_000, seed: 0xcafe });
    assertEquals(judge(run), [], Deno.inspect(run.during.filter((_, at) => at % 6 === 0)));
    assertGreater(run.after.accepted, run.before.accepted);
    assertGreater(KEYS + 20, run.after.keys);
  },
});
