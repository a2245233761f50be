/** Whether redis-benchmark gets through; how fast is not looked at. */

import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { addressOf, run } from "./programs.ts";
import { scenario } from "./scenario.ts";
import { talk } from "./servers.ts";

const NAMES = ["PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)"];
const LOAD = ["-t", "ping,set,get,incr,mset", "-n", "2000", "-c", "10", "-q"];

for (const depth of [1, 16, 128]) {
  for (const [resp, flags] of [[2, []], [3, ["-3"]]] as const) {
    const name = `redis-benchmark in RESP${resp}: it measures with ${depth} commands in flight`;
    scenario(name, async (server) => {
      const args = [...addressOf(server), ...flags, ...LOAD, "-P", `${depth}`];
      const { code, stdout, stderr } = await run("redis-benchmark", args);
      assertEquals({ code, stderr, names: measured(stdout) }, {
        code: 0,
        stderr: "",
        names: NAMES,
      });
      const answer = await talk(server.port, ["GET counter:__rand_int__"]);
      assertGreaterOrEqual(Number(/^\$\d+\r\n(\d+)\r\n/.exec(answer)?.[1]), 2_000);
    }, { needs: ["redis-benchmark"] });
  }
}

/** What it says to have measured. It overwrites each line while it measures. */
function measured(output: string): string[] {
  const last = output.split("\n").map((line) => line.split("\r").at(-1)!);
  return last.flatMap((line) => {
    // It divides by whole milliseconds, which may be none.
    const name = /^(.+): ([\d.]+|inf) requests per second/.exec(line)?.[1];
    return name === undefined ? [] : [name];
  });
}
