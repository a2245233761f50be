/** What redis-cli prints, and how it ends. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { allBytes } from "./payloads.ts";
import { redisCli } from "./programs.ts";

redisCli("replies are printed as they are to a program", async (cli) => {
  assertEquals(await cli.stdout(["PING"]), "PONG\n");
  assertEquals(await cli.stdout(["PING", "hello there"]), "hello there\n");
  assertEquals(await cli.stdout(["SET", "key", 'he said "hi" \\n']), "OK\n");
  assertEquals(await cli.stdout(["GET", "key"]), 'he said "hi" \\n\n');
  assertEquals(await cli.stdout(["GET", "none"]), "\n");
  assertEquals(await cli.stdout(["INCR", "count"]), "1\n");
  assertEquals(await cli.stdout(["MGET", "count", "none"]), "1\n\n");
});

redisCli("replies are printed by their types to a reader", async (cli) => {
  const shown = (...args: string[]) => cli.stdout(["--no-raw", ...args]);
  assertEquals(await shown("SET", "key", 'he said "hi" \\n'), "OK\n");
  assertEquals(await shown("GET", "key"), '"he said \\"hi\\" \\\\n"\n');
  assertEquals(await shown("GET", "none"), "(nil)\n");
  assertEquals(await shown("INCR", "count"), "(integer) 1\n");
  assertEquals(await shown("MGET", "count", "none"), '1) "1"\n2) (nil)\n');
  assertEquals(await shown("KEYS", "none*"), "(empty array)\n");
  assertEquals(
    await shown("INCR", "key"),
    "(error) ERR value is not an integer or out of range\n",
  );
  assertEquals(
    await shown("CONFIG", "GET", "requirepass"),
    cli.resp === 3 ? '1# "requirepass" => ""\n' : '1) "requirepass"\n2) ""\n',
  );
});

redisCli("replies are printed as CSV and as JSON", async (cli) => {
  await cli.stdout(["SET", "key", 'a "b"']);
  assertEquals(await cli.stdout(["--csv", "MGET", "key", "none"]), '"a \\"b\\"",NULL\n');
  assertEquals(await cli.stdout(["--json", "MGET", "key", "none"]), '["a \\"b\\"",null]\n');
});

redisCli("keys and values are given as quoted bytes", async (cli) => {
  const quoted = (...args: string[]) => cli.stdout(["--no-raw", "--quoted-input", ...args]);
  assertEquals(await quoted("SET", '"\\x00\\xff"', '"a\\r\\nb"'), "OK\n");
  assertEquals(await quoted("GET", '"\\x00\\xff"'), '"a\\r\\nb"\n');
});

redisCli("a value is read from its input", async (cli) => {
  assertEquals(await cli.stdout(["-x", "SET", "key"], allBytes()), "OK\n");
  assertEquals(await cli.stdout(["STRLEN", "key"]), `${allBytes().length}\n`);
  assertEquals(
    await cli.stdout(["--no-raw", "GETRANGE", "key", "0", "13"]),
    '"\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\a\\b\\t\\n\\x0b\\x0c\\r"\n',
  );
});

redisCli("commands are read from its input", async (cli) => {
  assertEquals(
    await cli.stdout([], 'SET key "1 2"\nGET key\nINCR key\nDEL key\n'),
    "OK\n1 2\nERR value is not an integer or out of range\n\n1\n",
  );
});

redisCli("a stream of requests is inserted from its input", async (cli) => {
  const requests = Array.from({ length: 1_000 }, (_, at) => request("SET", `key:${at}`, "é"));
  assertEquals(
    await cli.stdout(["--pipe"], requests.join("")),
    "All data transferred. Waiting for the last reply...\nLast reply received from server.\n" +
      "errors: 0, replies: 1000\n",
  );
  assertEquals(await cli.stdout(["DBSIZE"]), "1000\n");
  assertEquals(await cli.stdout(["GET", "key:999"]), "é\n");
});

redisCli("errors in a stream of requests are counted", async (cli) => {
  const requests = request("SET", "key", "text") + request("INCR", "key") + request("GET", "key");
  const { code, stdout, stderr } = await cli.run(["--pipe"], requests);
  assertEquals(code, 1);
  assertMatch(stdout, /\nerrors: 1, replies: 3\n$/);
  assertEquals(stderr, "ERR value is not an integer or out of range\n");
});

/** A command as RESP. */
function request(...words: string[]): string {
  const bulk = (word: string) => `$${new TextEncoder().encode(word).length}\r\n${word}\r\n`;
  return `*${words.length}\r\n${words.map(bulk).join("")}`;
}

redisCli("a scan prints each key", async (cli) => {
  const keys = Array.from({ length: 100 }, (_, at) => `key:${at}`);
  await cli.stdout(["MSET", ...keys.flatMap((key) => [key, ""]), "other", ""]);
  const lines = (text: string) => text.trimEnd().split("\n").sort();
  assertEquals(lines(await cli.stdout(["--scan"])), [...keys, "other"].sort());
  assertEquals(lines(await cli.stdout(["--scan", "--pattern", "key:*"])), keys.sort());
});

redisCli("INFO tells of the server in lines", async (cli) => {
  const lines = (await cli.stdout(["INFO", "server"])).split("\r\n");
  assertEquals(lines[0], "# Server");
  assert(lines.includes(`tcp_port:${cli.server.port}`), lines.join("\n"));
  assert(lines.some((line) => /^redis_version:\d+\.\d+\.\d+$/.test(line)), lines.join("\n"));
});

redisCli(
  "a command that does not exist is an error, and ends it with 1 if told so",
  async (cli) => {
    const error = "ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' \n";
    assertEquals(await cli.stdout(["NOSUCH", "a", "b"]), `${error}\n`);
    assertEquals(await cli.run(["-e", "NOSUCH", "a", "b"]), { code: 1, stdout: "", stderr: error });
  },
);

redisCli("a command goes to the database that is told", async (cli) => {
  await cli.stdout(["-n", "3", "SET", "key", "in 3"]);
  assertEquals(await cli.stdout(["-n", "3", "GET", "key"]), "in 3\n");
  assertEquals(await cli.stdout(["GET", "key"]), "\n");
  const { stderr } = await cli.run(["-n", "99", "PING"]);
  assertEquals(stderr, "SELECT 99 failed: ERR DB index is out of range\n");
});

redisCli("a command is repeated", async (cli) => {
  assertEquals(await cli.stdout(["-r", "3", "INCR", "key"]), "1\n2\n3\n");
});

redisCli("the password is asked for", async (cli) => {
  const withPassword = (password: string) =>
    cli.run(["--no-auth-warning", "-a", password, "GET", "key"]);
  const refused = "WRONGPASS invalid username-password pair or user is disabled.";
  assertEquals(await withPassword("secret"), { code: 0, stdout: "\n", stderr: "" });
  assertMatch((await withPassword("guess")).stderr, new RegExp(`^AUTH failed: ${refused}\n`));
  assertMatch((await withPassword("guess")).stdout, /^NOAUTH Authentication required\.\n/);
}, { password: "secret" });

redisCli("MONITOR shows what others do", async (cli) => {
  const monitor = cli.spawn(["MONITOR"]);
  const lines = linesOf(monitor.stdout);
  try {
    assertEquals(await nextWith(lines, "OK"), "OK");
    await cli.stdout(["-n", "2", "SET", "key", 'a "b"\n']);
    const line = await nextWith(lines, '"SET"');
    assertMatch(line, /^\d+\.\d{6} \[2 127\.0\.0\.1:\d+\] "SET" "key" "a \\"b\\"\\n"$/);
  } finally {
    await end(monitor, lines);
  }
});

type Lines = AsyncGenerator<string, void, void>;

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Lines {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** The next line with a text in it. */
async function nextWith(lines: Lines, text: string): Promise<string> {
  for (;;) {
    const { value } = await lines.next();
    if (value === undefined) throw new Error(`there is no line with ${text}`);
    if (value.includes(text)) return value;
  }
}

async function end(child: Deno.ChildProcess, lines: Lines): Promise<void> {
  child.kill("SIGKILL");
  await Promise.all([child.status, child.stdin.close(), child.stderr.cancel()]);
  while (!(await lines.next()).done);
}
