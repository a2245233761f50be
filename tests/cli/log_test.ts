import { assertEquals } from "@std/assert";
import { Log } from "../../lib/cli/log.ts";
import type { Output } from "../../lib/cli/io.ts";

/** Takes nothing before it is opened. */
class Gate implements Output {
  readonly lines: string[] = [];
  readonly #open = Promise.withResolvers<void>();

  async write(bytes: Uint8Array): Promise<void> {
    await this.#open.promise;
    this.lines.push(new TextDecoder().decode(bytes).trimEnd());
  }

  open(): void {
    this.#open.resolve();
  }
}

Deno.test("Log writes lines in order, and says when they are written", {
  permissions: "none",
}, async () => {
  const gate = new Gate();
  const log = new Log(gate);
  for (const line of ["a", "b", "c"]) log.add(line);
  assertEquals(gate.lines, []);
  gate.open();
  await log.written();
  assertEquals(gate.lines, ["a", "b", "c"]);
});

Deno.test("Log leaves out what a slow reader does not take, and says how much", {
  permissions: "none",
}, async () => {
  const gate = new Gate();
  const log = new Log(gate);
  for (let i = 0; i < 1_500; i++) log.add(String(i));
  gate.open();
  await log.written();
  await log.written(); // The line about the others was added by the first one.
  assertEquals(gate.lines.length, 1_001);
  assertEquals(gate.lines.slice(-2).sort(), [
    "500 lines of the log were left out: it is read too slowly",
    "999",
  ]);
});

Deno.test("Log goes on when it cannot be written", { permissions: "none" }, async () => {
  const log = new Log({ write: () => Promise.reject(new Error("broken pipe")) });
  log.add("a");
  log.add("b");
  await log.written();
});

Deno.test("Log takes what is offered while few lines wait, and leaves room for others", {
  permissions: "none",
}, async () => {
  const gate = new Gate();
  const log = new Log(gate);
  const taken = Array.from({ length: 600 }, (_, at) => log.offer(String(at)));
  assertEquals(taken.filter((isTaken) => isTaken).length, 500);
  log.add("important");
  gate.open();
  await log.written();
  assertEquals([gate.lines.length, gate.lines.at(-1)], [501, "important"]);
});
