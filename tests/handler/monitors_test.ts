import { Monitors } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";

Deno.test({
  name: "Monitors tells those that are among them, once each",
  permissions: "none",
  fn() {
    const monitors = new Monitors();
    const lines: string[] = [];
    const first = { observe: (line: string) => void lines.push(`first ${line}`) };
    const second = { observe: (line: string) => void lines.push(`second ${line}`) };
    for (const monitor of [first, second, second]) monitors.add(monitor);
    monitors.tell("a");
    monitors.delete(first);
    monitors.tell("b");
    assertEquals(lines, ["first a", "second a", "second b"]);
    assertEquals([monitors.size, monitors.has(first), monitors.has(second)], [1, false, true]);
  },
});
