import { monitorLine } from "../../lib/server/monitor_line.ts";
import { NO_WIRE } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `a line of MONITOR ${name}`, permissions: "none", fn });
}

test("tells the time in microseconds, the database and the address", () => {
  const wire = { ...NO_WIRE, address: "[::1]:5" };
  assertEquals(
    monitorLine(1_500.25, 7, wire, [utf8("a"), utf8("b")]),
    '1.500250 [7 [::1]:5] "a" "b"',
  );
  const unix = { ...wire, isUnix: true, localAddress: "/tmp/:0:0" };
  assertEquals(monitorLine(2_000, 0, unix, [utf8("a")]), '2.000000 [0 unix:/tmp/:0] "a"');
});
