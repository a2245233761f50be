import { main } from "../../lib/cli/mod.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MemoryIo, run } from "./helpers.ts";

const TOKEN = "0123456789abcdef";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `serve --admin ${name}`, permissions: { net: ["127.0.0.1"] }, fn });
}

test("announces where it answers, and takes its token from the environment", async () => {
  const io = new MemoryIo({ env: { CORTADO_ADMIN: "0", CORTADO_ADMIN_TOKEN: TOKEN } });
  const done = main(["serve", "--port", "0"], io);
  await io.stdout.waitFor("http:");
  const [, address = ""] = /^listening on (http.*)$/m.exec(io.stdout.text) ?? [];
  assertMatch(address, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  assertEquals(await (await fetch(`${address}/readyz`)).text(), "ready\n");
  const refused = await fetch(`${address}/metrics`);
  assertEquals([refused.status, await refused.text()], [401, "A token is wanted.\n"]);
  io.signal(143);
  assertEquals(await done, 0);
  assertEquals(io.stderr.text.includes(TOKEN), false);
});

test("refuses what is no address", async () => {
  for (const text of ["x", ":9", "1.2.3.4:", "99999", "1.2.3.4:99999", "a b:1", "::1:9"]) {
    const { code, stderr } = await run(["serve", "--admin", text]);
    assertEquals(code, 2, text);
    assertStringIncludes(stderr, "Option --admin: ");
  }
});

test("refuses other machines without a token, short tokens, and tokens for nothing", async () => {
  const open = await run(["serve", "--admin", "0.0.0.0:9"]);
  assertEquals(open.code, 2);
  assertStringIncludes(open.stderr, "Cannot listen on 0.0.0.0:9: without a token");
  assertStringIncludes(open.stderr, "set CORTADO_ADMIN_TOKEN, or give --no-protected-mode");
  const short = await run(["serve", "--admin", "9", "--admin-token", "short"]);
  assertStringIncludes(short.stderr, "Option --admin-token: it must have at least 16 characters");
  const useless = await run(["serve", "--admin-token", TOKEN]);
  assertStringIncludes(useless.stderr, "Option --admin-token: --admin HOST:PORT is missing");
});
