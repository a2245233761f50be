import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("BGSAVE takes SCHEDULE, and nothing else", () => {
  assertEquals(requestOf("bgsave"), { op: "COMPACT" });
  assertEquals(requestOf("BGSAVE schedule"), { op: "COMPACT" });
  assertEquals(refusalOf("bgsave now"), "syntax error");
  assertEquals(refusalOf("bgsave schedule now"), "syntax error");
});

test("WAITAOF takes 0 or 1, a number of replicas and a time, with the errors of Redis", () => {
  const request = { op: "WAIT_SYNCED", local: true, replicas: 2, timeout: 500 } as const;
  assertEquals(requestOf("waitaof 1 2 500"), request);
  assertEquals(requestOf("WAITAOF 0 0 0"), { ...request, local: false, replicas: 0, timeout: 0 });
  const refused = {
    "x 0 0": "value is not an integer or out of range",
    "2 0 0": "value is out of range, value must between 0 and 1",
    "-1 0 0": "value is out of range, value must between 0 and 1",
    "1 x 0": "value is out of range, must be positive",
    "1 -1 0": "value is out of range, must be positive",
    "1 0 1.5": "timeout is not an integer or out of range",
    "1 0 -1": "timeout is negative",
  };
  for (const [args, message] of Object.entries(refused)) {
    assertEquals(refusalOf(`waitaof ${args}`), message);
  }
});

test("BGREWRITEAOF asks for what BGSAVE does", () => {
  assertEquals(requestOf("bgrewriteaof"), { op: "COMPACT" });
});
