import { CLIENT_COMMANDS } from "../../lib/cli/client_commands.ts";
import { VERSION } from "../../lib/handler/mod.ts";
import { DEFAULT_LIMITS } from "../../lib/server/mod.ts";
import { flagOf } from "../../lib/cli/options.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "./helpers.ts";

const NAMES = ["serve", ...CLIENT_COMMANDS.map(({ name }) => name), "repl", "load"];

/** No command of these tests may connect. */
const connect = () => Promise.reject(new Error("a connection was made"));

Deno.test({
  name: "--help, -h and help list every command",
  permissions: "none",
  async fn() {
    for (const word of ["--help", "-h", "help"]) {
      const { code, stdout, stderr } = await run([word], { connect });
      assertEquals([code, stderr], [0, ""]);
      for (const name of NAMES) assertMatch(stdout, new RegExp(`^  ${name}( |$)`, "m"));
    }
  },
});

Deno.test({
  name: "each command has a help, had by COMMAND --help, COMMAND -h and help COMMAND",
  permissions: "none",
  async fn() {
    for (const name of NAMES) {
      const outcomes = await Promise.all(
        [[name, "--help"], [name, "-h"], ["help", name], ["--help", name]].map((args) =>
          run(args, { connect })
        ),
      );
      for (const { code, stdout, stderr } of outcomes) {
        assertEquals([code, stderr, stdout], [0, "", outcomes[0]?.stdout]);
        assert(stdout.startsWith(`Usage: main.ts ${name} `));
      }
    }
  },
});

Deno.test({
  name: "no line of the help is longer than 120 characters",
  permissions: "none",
  async fn() {
    for (const args of [["--help"], ...NAMES.map((name) => ["help", name])]) {
      const { stdout } = await run(args, { connect });
      assertEquals(stdout.split("\n").filter((line) => line.length > 120), []);
    }
  },
});

Deno.test({
  name: "the help of serve names a flag for every limit of the server",
  permissions: "none",
  async fn() {
    const { stdout } = await run(["serve", "--help"]);
    for (const name of Object.keys(DEFAULT_LIMITS)) assertStringIncludes(stdout, flagOf(name));
    assertStringIncludes(stdout, "--max-value-size SIZE");
    assertStringIncludes(stdout, "(default 64MiB)");
  },
});

Deno.test({
  name: "--version prints the version",
  permissions: "none",
  async fn() {
    for (const word of ["--version", "-V"]) {
      assertEquals((await run([word])).stdout, `cortado ${VERSION}\n`);
    }
  },
});

const WRONG: Record<string, [args: string[], message: string]> = {
  "no command": [[], "No command is given; --help lists them"],
  "an unknown command": [["foo"], "Unknown command foo; --help lists the commands"],
  "a misspelled command": [["gte", "k"], "Unknown command gte; did you mean get?"],
  "help for an unknown command": [["help", "sevre"], "Unknown command sevre; did you mean serve?"],
  "an option before the command": [
    ["--connect", "x", "get", "k"],
    "Unknown option --connect; options stand behind the command",
  ],
  "an unknown option": [
    ["get", "k", "--conect"],
    "Unknown option --conect; did you mean --connect?",
  ],
  "a missing operand": [["set", "k"], "Cannot run set: VALUE is missing; usage: set KEY VALUE"],
  "no key to remove": [["del"], "Cannot run del: KEY... is missing; usage: del KEY..."],
  "an operand too many": [
    ["get", "a", "b"],
    "Cannot run get: 2 operands are too many; usage: get KEY",
  ],
  "an operand for serve": [
    ["serve", "a"],
    "Cannot run serve: 1 operands are too many; usage: serve",
  ],
  "a wrong address": [
    ["get", "k", "--connect", "a:b"],
    'Option --connect: "a:b" is not HOST:PORT, [IPV6]:PORT, tls:HOST:PORT or unix:PATH',
  ],
  "a wrong increment": [
    ["incr", "k", "1.5"],
    'Cannot run incr: "1.5" is not a signed 64-bit integer, such as 1 or -10',
  ],
  "a wrong time to live": [
    ["set", "k", "v", "--ttl", "0"],
    'Option --ttl: "0" is too short: the least is 1ms',
  ],
  "a time without a unit": [
    ["set", "k", "v", "--ttl", "60"],
    'Option --ttl: "60" has no unit: give 60s or 60ms',
  ],
  "an option that is given twice": [
    ["serve", "--port", "1", "--port", "2"],
    "Option --port is given 2 times: give it once",
  ],
  "a wrong port": [
    ["serve", "--port", "65536"],
    'Option --port: "65536" is not a port: give a whole number from 0 to 65535',
  ],
  "a missing value": [["serve", "--port"], "Option --port needs a value: --port PORT"],
  "nothing to listen on": [
    ["serve", "--no-tcp"],
    "Cannot listen: --no-tcp leaves nothing to listen on; add --unix PATH or --tls-port PORT",
  ],
  "a limit out of range": [
    ["serve", "--max-key-size", "64KiB"],
    "Option --max-key-size: Cannot use maxKeySize 65536: it must be a whole number from 0 to 65535",
  ],
};

for (const [what, [args, message]] of Object.entries(WRONG)) {
  Deno.test({
    name: `a call with ${what} ends with code 2 and one line, and connects to nothing`,
    permissions: "none",
    async fn() {
      const { code, stdout, stderr } = await run(args, { connect });
      assertEquals([code, stdout, stderr], [2, "", `cortado: ${message}\n`]);
    },
  });
}

Deno.test({
  name: "an error is told in one line, whatever was typed",
  permissions: "none",
  async fn() {
    const { stderr } = await run(["a\nb\x1b[31m"]);
    assertEquals(stderr, "cortado: Unknown command a\\nb\\u001b[31m; --help lists the commands\n");
  },
});

Deno.test({
  name: "the environment variable CORTADO says where to connect to, unless --connect does",
  permissions: "none",
  async fn() {
    const seen: unknown[] = [];
    const connect = (address: unknown) => {
      seen.push(address);
      return Promise.reject(new Error("no"));
    };
    const env = { CORTADO: "[::1]:7" };
    await run(["get", "k"], { connect, env });
    await run(["get", "k", "--connect", "unix:/x"], { connect, env });
    await run(["get", "k"], { connect, env: { CORTADO: "" } });
    assertEquals(seen, [
      { hostname: "::1", port: 7 },
      { path: "/x" },
      { hostname: "127.0.0.1", port: 51_966 },
    ]);
  },
});

Deno.test({
  name: "a wrong environment variable ends with code 2 and names it",
  permissions: "none",
  async fn() {
    const { code, stderr } = await run(["get", "k"], { connect, env: { CORTADO: ":" } });
    assertEquals([code, stderr], [
      2,
      'cortado: Environment variable CORTADO: ":" is not HOST:PORT, [IPV6]:PORT, tls:HOST:PORT or unix:PATH\n',
    ]);
  },
});

Deno.test({
  name: "a reader that goes away ends a command with code 141 and without a message",
  permissions: "none",
  async fn() {
    const connect = () => Promise.reject(new Deno.errors.BrokenPipe("gone"));
    const { code, stderr } = await run(["get", "k"], { connect });
    assertEquals([code, stderr], [141, ""]);
  },
});
