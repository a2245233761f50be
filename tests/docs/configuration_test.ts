/** What docs/configuration.md shows and lists. */

import { variableOf } from "../../lib/cli/environment.ts";
import { main } from "../../lib/cli/mod.ts";
import { flagOf } from "../../lib/cli/options.ts";
import { serve } from "../../lib/cli/serve.ts";
import { assert, assertEquals } from "@std/assert";
import { MemoryIo } from "../cli/helpers.ts";

const PAGE = Deno.readTextFileSync(new URL("../../docs/configuration.md", import.meta.url));

/** The text between fences of a language; there is one. */
function block(language: string): string {
  const found = [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))];
  assertEquals(found.length, 1, language);
  return found[0]![1]!;
}

/** Words that stand beside each other in a line. */
function squeezed(text: string): string[] {
  return text.trim().split("\n").map((line) => line.replace(/ +/g, " "));
}

/** The environment and the arguments of main.ts in a line of a shell. */
function callIn(line: string) {
  const [before = "", after = ""] = line.trim().split(" deno run -P main.ts ");
  const env = Object.fromEntries(before.split(" ").map((word) => word.split("=")));
  return { env, args: after.split(" ") };
}

Deno.test("the example of docs/configuration.md has the limits in the log that the page shows", {
  permissions: { net: ["127.0.0.1"], read: true, write: true },
}, async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, block("json"));
    const { env, args } = callIn(block("sh"));
    const io = new MemoryIo({ env });
    const words = args.map((word) => word === "cortado.json" ? path : word);
    // On a port of its own, and without a directory: flags go over the file.
    const done = main([...words, "--port", "0", "--memory"], io);
    await Promise.race([io.stdout.waitFor("\n"), done]);
    io.signal(143);
    assertEquals(await done, 0, io.stderr.text);
    const log = squeezed(io.stderr.text.replaceAll(path, "cortado.json"));
    const shown = squeezed(block("text"));
    assert(shown.length > 3);
    assertEquals(shown.filter((line) => !log.includes(line)), []);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("the table of docs/configuration.md has the flags, variables and limits of serve", {
  permissions: "none",
}, () => {
  const rows = [...PAGE.matchAll(/^\| (?:`(\w+)`)? +\| `(--[^`]+)` +\| `(\w+)` +\| (.*?) +\|$/gm)];
  assert(rows.length > 20);
  for (const [, name = "config", flag, variable, byDefault] of rows) {
    const option = serve.options[name];
    assert(option !== undefined, name);
    assertEquals(flag, `${flagOf(name)} ${option.value ?? ""}`.trim());
    assertEquals(variable, variableOf(name));
    if (option.limit) assertEquals(byDefault, option.limit.format(option.limit.byDefault), name);
  }
});
