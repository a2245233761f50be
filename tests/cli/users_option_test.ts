import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { readUsers } from "../../lib/cli/users_option.ts";
import { main } from "../../lib/cli/mod.ts";
import { MemoryIo, run } from "./helpers.ts";

/** What a password of tests is hashed to. */
async function hashOf(password: string): Promise<string> {
  return (await run(["hash-password"], { stdin: password })).stdout.trim();
}

/** A file that is gone after the test. */
async function withFile(text: string, fn: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await fn(path);
  } finally {
    await Deno.remove(path);
  }
}

const FILES = { permissions: { net: ["127.0.0.1"], read: true, write: true } };

const EVERYBODY = '{"users": {"default": {"commands": ["ping"]}}}';

Deno.test(
  "serve --users lets in whom the file names",
  FILES,
  () =>
    withFile(EVERYBODY, async (path) => {
      const io = new MemoryIo({ env: { CORTADO_PASSWORD: "for clients", CORTADO_USER: "ann" } });
      const done = main(["serve", "--port", "0", "--users", path], io);
      await io.stdout.waitFor("\n");
      const env = { CORTADO: io.stdout.text.trim().replace("listening on ", "") };
      assertEquals((await run(["ping"], { env })).stdout, "PONG\n");
      const { code, stderr } = await run(["get", "a"], { env });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "Cannot carry out GET: user default may not send it");
      io.signal(143);
      assertEquals(await done, 0);
    }),
);

Deno.test(
  "serve does not start with a file of users that is wrong or missing, and says why",
  FILES,
  () =>
    withFile('{"users": {"ann": {"password": "secret"}}}', async (path) => {
      const wrong = await run(["serve", "--port", "0", "--users", path]);
      assertEquals([wrong.code, wrong.stdout], [1, ""]);
      assertMatch(
        wrong.stderr,
        /^cortado: Cannot use the users of \S+: user "ann", password: it is not [^\n]+\n$/,
      );
      const missing = await run(["serve", "--port", "0", "--users", `${path}.no`]);
      assertEquals(missing.code, 1);
      assertStringIncludes(missing.stderr, "No such file");
    }),
);

Deno.test("serve takes no password beside users", { permissions: "none" }, async () => {
  const { code, stderr } = await run(["serve", "--users", "u.json", "--password", "x"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "Option --password: it cannot be used beside users");
});

Deno.test("a file of users that may not be read names the flag that is missing", {
  permissions: "none",
}, async () => {
  await assertRejects(() => readUsers("/u.json"), Error, "; give --allow-read=/u.json");
});

Deno.test("commands log in as the user of the environment", FILES, async () => {
  const alice = { password: await hashOf("hunter2"), commands: ["get"], keys: [""] };
  await withFile(JSON.stringify({ users: { alice } }), async (path) => {
    const io = new MemoryIo();
    const done = main(["serve", "--port", "0", "--users", path], io);
    await io.stdout.waitFor("\n");
    const env = {
      CORTADO: io.stdout.text.trim().replace("listening on ", ""),
      CORTADO_USER: "alice",
      CORTADO_PASSWORD: "hunter2",
    };
    const { stderr } = await run(["ping"], { env });
    assertStringIncludes(stderr, "Cannot carry out PING: user alice may not send it");
    const repl = await run(["repl"], { env, stdin: "ping\n" });
    assertStringIncludes(repl.stderr, "user alice may not send it");
    assert(!io.stderr.text.includes("hunter2"));
    io.signal(143);
    assertEquals(await done, 0);
  });
});
