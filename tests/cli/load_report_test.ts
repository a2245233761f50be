import { LoadReport } from "../../lib/cli/load_report.ts";
import { assertEquals } from "@std/assert";
import { MemoryOutput } from "./helpers.ts";

const MEBIBYTE = 1_048_576;

/** A report whose time a test sets, and what it has told. */
function begin(terminal: boolean) {
  const clock = { now: 0 };
  const stderr = new MemoryOutput();
  const lines: string[] = [];
  const isTerminal = { stdin: false, stdout: false, stderr: terminal };
  const log = { add: (line: string) => void lines.push(line) };
  const report = new LoadReport({ stderr, isTerminal }, log, () => clock.now);
  const tell = async (now: number, done: number, records: number, total = 10 * MEBIBYTE) => {
    clock.now = now;
    await report.tell({ done: done * MEBIBYTE, total, records });
  };
  return { stderr, lines, tell };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `a report of loading ${name}`, permissions: "none", fn });
}

test("is a line every three seconds in a log, and one at the end", async () => {
  const { stderr, lines, tell } = begin(false);
  await tell(2_999, 1, 10);
  await tell(3_000, 2.55, 20);
  await tell(5_999, 5, 30);
  await tell(6_100, 7, 40);
  await tell(6_200, 10, 50);
  assertEquals(lines, [
    "loading: 25% of 10.0 MiB, 20 records, 3.0 s",
    "loading: 70% of 10.0 MiB, 40 records, 6.1 s",
    "loading: 100% of 10.0 MiB, 50 records, 6.2 s",
  ]);
  assertEquals(stderr.text, "");
});

test("is a bar on a terminal, that ends with its line", async () => {
  const { stderr, lines, tell } = begin(true);
  await tell(100, 1, 10);
  await tell(150, 3, 20);
  await tell(200, 5, 30);
  await tell(201, 10, 40);
  assertEquals(stderr.text.split("\r"), [
    "",
    "[###...........................] 10% of 10.0 MiB, 10 records, 0.1 s",
    "[###############...............] 50% of 10.0 MiB, 30 records, 0.2 s",
    "[##############################] 100% of 10.0 MiB, 40 records, 0.2 s\n",
  ]);
  assertEquals(lines, []);
});

test("is nothing when it takes less", async () => {
  for (const terminal of [false, true]) {
    const { stderr, lines, tell } = begin(terminal);
    await tell(50, 5, 1);
    await tell(99, 10, 2);
    await tell(99, 0, 0, 0);
    assertEquals([stderr.text, lines], ["", []]);
  }
});
