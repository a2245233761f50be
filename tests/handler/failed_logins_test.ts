import { FailedLogins } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";

const PURE = { permissions: "none" } as const;

Deno.test("each failed login of a host is answered later, up to a limit", PURE, () => {
  const failed = new FailedLogins();
  const delays = Array.from({ length: 8 }, () => failed.note("a", 0));
  assertEquals(delays, [100, 200, 400, 800, 1_600, 3_200, 3_200, 3_200]);
  assertEquals(failed.note("b", 0), 100);
});

Deno.test("failed logins are forgotten after a minute without one", PURE, () => {
  const failed = new FailedLogins();
  failed.note("a", 0);
  assertEquals(failed.note("a", 59_999), 200);
  assertEquals(failed.note("a", 119_998), 400);
  assertEquals(failed.note("a", 179_998), 100);
});

Deno.test("the failed logins of so many hosts are kept, and of no more", PURE, () => {
  const failed = new FailedLogins();
  for (let host = 0; host < 4_097; host++) failed.note(String(host), 0);
  assertEquals(failed.note("4096", 0), 200);
  assertEquals(failed.note("0", 0), 100, "it was the oldest");
});
