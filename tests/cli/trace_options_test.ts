import { main } from "../../lib/cli/mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { MemoryIo, run, utf8 } from "./helpers.ts";

async function talk(first: string, text: string): Promise<void> {
  const port = Number(first.split(":").at(-1));
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(utf8(text));
  await conn.read(new Uint8Array(1_000));
}

/** What a server logs that is started with options, and told a text. */
async function logOf(args: readonly string[], text: string): Promise<string> {
  const io = new MemoryIo();
  const done = main(["serve", "--port", "0", ...args], io);
  await io.stdout.waitFor("\n");
  await talk(io.stdout.text.trim(), text);
  io.signal(143);
  assertEquals(await done, 0, io.stderr.text);
  return io.stderr.text;
}

Deno.test("serve --trace logs what goes over the wire, without passwords", {
  permissions: { net: ["127.0.0.1"] },
}, async () => {
  const log = await logOf(["--trace"], "PING\r\nAUTH hunter2\r\n");
  assertStringIncludes(log, "client 1  127.0.0.1:");
  assertStringIncludes(
    log,
    "#1 request PING  (RESP, offset 0, 6 bytes)\n       0  [50 49 4e 47 0d 0a]",
  );
  assertStringIncludes(log, "request AUTH (masked)");
  assertStringIncludes(log, "response PONG to #1 PING");
  assertEquals(log.includes("hunter2"), false);
});

Deno.test("serve --trace-file writes the trace into a file", {
  permissions: { net: ["127.0.0.1"], read: true, write: true },
}, async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "before\n");
    const log = await logOf(["--trace", "--trace-file", path], "PING\r\n");
    assertEquals(log.includes("PING"), false);
    const text = await Deno.readTextFile(path);
    assertStringIncludes(text, "before\n");
    assertStringIncludes(text, "#1 request PING");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("without --trace the log has the last frames of a broken stream alone", {
  permissions: { net: ["127.0.0.1"] },
}, async () => {
  const log = await logOf([], "PING\r\n*1\r\n+oops\r\n");
  assertEquals(
    log.split("\n").filter((line) => !/^(limit|environment|shutting)/.test(line)).slice(0, 6),
    [
      log.match(/.*protocol error.*/)![0],
      "  #1 request PING  (RESP, offset 0, 6 bytes)",
      '         0  [50 49 4e 47 0d 0a]                                inline "PING"',
      "  !! damaged RESP at offset 10",
      "        10  [2b 6f 6f 70 73 0d 0a]",
      '            ^ found "+": an argument begins with $',
    ],
  );
});

Deno.test("options of a trace are refused without it, or when they cannot be read", {
  permissions: "none",
}, async () => {
  const { code, stderr } = await run(["serve", "--trace-filter", "GET"]);
  assertEquals([code, stderr], [2, "cortado: Cannot trace: --trace is missing\n"]);
  for (const wrong of ["100", "1/0", "2/3", "1/x", "0.5"]) {
    const sample = await run(["serve", "--trace", "--trace-sample", wrong]);
    assertEquals(sample.code, 2);
    assertStringIncludes(sample.stderr, "is not 1/N, such as 1/100");
  }
});
