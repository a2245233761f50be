import { assertEquals, assertStringIncludes } from "@std/assert";
import { denoArgs, PROCESS_PERMISSIONS, ServerProcess } from "./process.ts";
import { textOf } from "./helpers.ts";

/**
 * Runs a command on a pseudo-terminal: for each step waits until `expect` is shown (behind what the step
 * before waited for), then types `type`. Prints all that was shown; exits as the command does.
 */
const DRIVER = `
import json, os, pty, select, sys
steps, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
shown, at = b"", 0
def more():
    if not select.select([terminal], [], [], 30)[0]:
        sys.exit("nothing more is shown behind: " + repr(shown))
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
for expect, text in steps:
    while shown.find(expect.encode(), at) == -1:
        read = more()
        if not read: sys.exit("it ended behind: " + repr(shown))
        shown += read
    at = shown.find(expect.encode(), at) + len(expect)
    os.write(terminal, text.encode())
while read := more(): shown += read
sys.stdout.buffer.write(shown)
sys.stdout.flush()
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** What is typed when something is shown. */
type Step = readonly [expect: string, type: string];

async function onTerminal(args: string[], steps: readonly Step[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("python3", {
    args: ["-c", DRIVER, JSON.stringify(steps), Deno.execPath(), ...denoArgs(args)],
    env: { TERM: "xterm", CORTADO: "", NO_COLOR: "1" },
  }).output();
  assertEquals([code, textOf(stderr)], [0, ""], textOf(stdout));
  return textOf(stdout);
}

/** Whether there is a Python that can make pseudo-terminals; without it these tests are left out. */
function hasPty(): boolean {
  try {
    const args = ["-c", "import pty, os; os.waitstatus_to_exitcode"];
    return new Deno.Command("python3", { args, stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

const ignore = Deno.build.os === "windows" || !hasPty();
const ENTER = "\r";
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const UP = "\x1b[A";

/** Runs the prompt: a step waits for what is shown behind the line before. */
async function typed(...steps: Step[]): Promise<string> {
  await using server = new ServerProcess(["--port", "0"]);
  const address = await server.address();
  return await onTerminal(["repl", "--connect", address], [
    [`${address}> `, ""],
    ...steps.map(([expect, type]) => [expect.replace("PROMPT", `${address}> `), type] as const),
  ]);
}

function promptTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: PROCESS_PERMISSIONS, ignore, fn });
}

promptTest("the prompt runs what is typed, shows errors and leaves at Ctrl-D", async () => {
  const shown = await typed(
    ["", `set "a b" "x\\n"${ENTER}`],
    ["OK", ""],
    ["PROMPT", `get "a b"${ENTER}`],
    ['"x\\n"', ""],
    ["PROMPT", `oops${ENTER}`],
    ["error: Unknown command oops", ""],
    ["PROMPT", `get none${ENTER}`],
    ["(no such key)", ""],
    ["PROMPT", CTRL_D],
  );
  assertStringIncludes(shown.slice(-4), "\n");
});

promptTest("the prompt completes the names of commands, and brings lines back", async () => {
  await typed(
    ["", "inc\t"],
    ["incr ", `n 41${ENTER}`],
    ["41\r\n", ""],
    ["PROMPT", UP],
    ["incr n 41", ENTER],
    ["82\r\n", ""],
    ["PROMPT", `exit${ENTER}`],
  );
});

promptTest("at the prompt Ctrl-C empties the line, and ends a subscription", async () => {
  await typed(
    ["", "del everything"],
    ["del everything", CTRL_C],
    ["PROMPT", `stats channels${ENTER}`],
    ["channels: 0", ""],
    ["PROMPT", `subscribe news${ENTER}`],
    ["subscribe news\r", CTRL_C],
    ["PROMPT", `stats channels${ENTER}`],
    ["channels: 0", ""],
    ["PROMPT", CTRL_D],
  );
});

Deno.test({
  name: "on a terminal get ends a value in a newline, and scan escapes keys",
  permissions: PROCESS_PERMISSIONS,
  ignore,
  async fn() {
    await using server = new ServerProcess(["--port", "0"]);
    const connect = ["--connect", await server.address()];
    await onTerminal(["set", "k\x1b", "v", ...connect], [["OK\r\n", ""]]);
    assertEquals(await onTerminal(["get", "k\x1b", ...connect], []), "v\r\n");
    assertEquals(await onTerminal(["scan", ...connect], []), "k\\x1b\r\n");
  },
});
