import { assertEquals, assertMatch } from "@std/assert";
import { isPassword, parseHash } from "../../lib/server/mod.ts";
import { run, utf8 } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

Deno.test("hash-password prints the hash of the first line, which is not in it", PURE, async () => {
  for (const stdin of ["hunter2", "hunter2\n", "hunter2\r\nmore\n"]) {
    const { code, stdout, stderr } = await run(["hash-password"], { stdin });
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^scrypt:\d+:\d+:\d+:[^:\n]+:[^:\n]+\n$/);
    assertEquals(await isPassword(utf8("hunter2"), parseHash(stdout.trimEnd())), true);
  }
});

Deno.test(
  "hash-password refuses an empty password, and takes none among its words",
  PURE,
  async () => {
    const { code, stdout, stderr } = await run(["hash-password"], { stdin: "\n" });
    assertEquals([code, stdout, stderr], [
      1,
      "",
      "cortado: Cannot hash the password: it is empty\n",
    ]);
    assertEquals((await run(["hash-password", "hunter2"])).code, 2);
  },
);
