import { serve } from "../../lib/server/mod.ts";
import { completions, runLines } from "../../lib/cli/repl.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MemoryIo, type Outcome, run, utf8, waitingClient } from "./helpers.ts";

/** Runs a script against a server of its own. */
async function script(stdin: string | Uint8Array): Promise<Outcome> {
  await using server = await serve({ port: 0 });
  return await run(["repl", "--connect", `127.0.0.1:${server.addr!.port}`], { stdin });
}

function scriptTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: { net: ["127.0.0.1"] }, fn });
}

scriptTest("repl runs the lines of standard input, without a prompt", async () => {
  const { code, stdout, stderr } = await script("set k v\nget k\n\n  \r\ndel k\nincr n 5\nping\n");
  assertEquals([code, stdout, stderr], [0, 'OK\n"v"\n1\n5\n"PONG"\n', ""]);
});

scriptTest("repl runs a last line without a newline", async () => {
  assertEquals((await script("incr n")).stdout, "1\n");
});

scriptTest(
  "repl reads words in quotes with escapes, and prints values in the same way",
  async () => {
    const { stdout } = await script(
      'set "a b" "x\\ny\\xff\\x00 \\""\nget "a b"\nscan\nset e ""\nget e',
    );
    assertEquals(stdout, 'OK\n"x\\ny\\xff\\x00 \\""\n"a b"\nOK\n""\n');
  },
);

scriptTest("repl says that there is no such key, which is no failure", async () => {
  const { code, stdout } = await script("get nope");
  assertEquals([code, stdout], [0, "(no such key)\n"]);
});

scriptTest("repl goes on after an error, and ends with code 1", async () => {
  const { code, stdout, stderr } = await script(
    'set k x\nincr k\ngte k\nget "k\nset k\nget k --connect a:1\nget k\n',
  );
  assertEquals([code, stdout], [1, 'OK\n"x"\n']);
  const errors = stderr.trimEnd().split("\n");
  assertMatch(errors[0] ?? "", /^error: Cannot increment/);
  assertEquals(errors.slice(1), [
    "error: Unknown command gte; did you mean get?",
    'error: Cannot read the line: the quote " is not closed',
    "error: Cannot run set: VALUE is missing; usage: set KEY VALUE",
    "error: Unknown option --connect; put -- before operands that begin with -",
  ]);
});

scriptTest("repl takes - for what it is: standard input holds the commands", async () => {
  assertEquals((await script("set k -\nget k")).stdout, 'OK\n"-"\n');
});

scriptTest("repl leaves at exit", async () => {
  assertEquals((await script("incr n\nexit\nincr n\n")).stdout, "1\n");
});

scriptTest("repl knows help, for all and for each command", async () => {
  const { stdout } = await script("help");
  for (const name of ["get KEY", "publish CHANNEL MESSAGE", "help [COMMAND]", "exit"]) {
    assertStringIncludes(stdout, `  ${name} `);
  }
  const [byWord, byOption] = [await script("help set"), await script("set --help")];
  assertMatch(byWord.stdout, /^Usage: set KEY VALUE \[OPTIONS\]\n/);
  assertEquals(byWord.stdout, byOption.stdout);
});

scriptTest("repl ends with code 2 at a line that is no UTF-8, and names it", async () => {
  const { code, stdout, stderr } = await script(Uint8Array.of(...utf8("incr n\n"), 0xff, 0x0a));
  assertEquals([code, stdout], [2, "1\n"]);
  assertEquals(stderr, "cortado: Cannot read line 2: it is not UTF-8; write its bytes as \\xNN\n");
});

Deno.test({
  name: "repl ends with code 1 and one line when nobody listens",
  permissions: "none",
  async fn() {
    const connect = () => Promise.reject(new Error("Cannot connect to 127.0.0.1:1"));
    const { code, stderr } = await run(["repl"], { connect });
    assertEquals([code, stderr], [1, "cortado: Cannot connect to 127.0.0.1:1\n"]);
  },
});

Deno.test({
  name: "completions are the commands that begin as the line does",
  permissions: "none",
  fn() {
    assertEquals(completions("s"), ["set ", "scan ", "stats ", "subscribe "]);
    assertEquals(completions("  ge"), ["  get "]);
    assertEquals(completions("help st"), ["help stats "]);
    assertEquals(completions("he"), ["help "]);
    assertEquals(completions("get k"), []);
    assertEquals(completions("nope"), []);
  },
});

Deno.test({
  name: "a line whose signal aborts ends with its reason, and the next line runs",
  permissions: "none",
  async fn() {
    async function* lines() {
      const [first, typedAhead, next] = [1, 2, 3].map(() => new AbortController());
      setTimeout(() => { // A task of its own: the first line waits for its answer by then.
        for (const line of [first, typedAhead]) line!.abort(new Error("Interrupted"));
      });
      yield { text: "get k", signal: first!.signal };
      yield { text: "get skipped", signal: typedAhead!.signal };
      yield await Promise.resolve({ text: "help get", signal: next!.signal });
    }
    const io = new MemoryIo();
    assertEquals(await runLines(lines(), waitingClient(), io), true);
    assertEquals(io.stderr.text, "error: Interrupted\n");
    assertMatch(io.stdout.text, /^Usage: get KEY/);
  },
});
